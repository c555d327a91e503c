from types import SimpleNamespace

import pytest

from personalize.errors import SettingsError
from personalize.procedures import ray_batch
from personalize.procedures.batch import Outcome
from personalize.procedures.ray_batch import Outcomes, run_on_ray


class FakeRay:
    """A cluster of one machine of two cores, where tasks are run when they are asked for."""

    class exceptions:
        """Ray's errors."""

        class RayError(Exception):
            """The first of them."""

    def __init__(self):
        self.asked = {}

    def nodes(self):
        return [
            {"Alive": True, "Resources": {"CPU": 2.0}},
            {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}},
        ]

    def remote(self, **asked):
        self.asked = asked
        return lambda task: SimpleNamespace(remote=lambda *words: (task, words))

    def wait(self, tasks, num_returns):
        return tasks[-1:], tasks[:-1]

    def get(self, task):
        work, words = task
        return work(*words)


@pytest.fixture
def ray(monkeypatch):
    fake = FakeRay()
    monkeypatch.setattr(ray_batch, "connect", lambda address: fake)
    return fake


def done(video, root, name, run_one):
    return Outcome(video.name, "done", str(root / name))


def test_videos_of_a_shard_are_tasks_and_their_outcomes_come_as_they_end(
    ray, tmp_path, monkeypatch
):
    monkeypatch.setattr(ray_batch, "_task", done)
    videos = [tmp_path / f"{letter}.mp4" for letter in "abc"]
    lengths = []

    def progress(items):
        lengths.append(len(items))
        return items

    outcomes = run_on_ray(videos, tmp_path / "out", None, cores=2, shard=(1, 2), progress=progress)
    assert [(one.name, one.note) for one in outcomes] == [
        ("c.mp4", str(tmp_path / "out" / "c")),
        ("a.mp4", str(tmp_path / "out" / "a")),
    ]
    assert lengths == [2]
    assert ray.asked == {"num_cpus": 2, "num_gpus": 0, "max_retries": 3}


def test_a_video_whose_process_died_again_and_again_failed(ray):
    def die():
        raise FakeRay.exceptions.RayError("The worker died.\nA long story.")

    [outcome] = Outcomes(ray, {(die, ()): "a.mp4"})
    assert outcome.state == "failed"
    assert outcome.note == "its process or its machine died 4 times (The worker died.)"


@pytest.mark.parametrize("wanted", [{"cores": 3}, {"gpus": 1}])
def test_what_no_machine_has_is_refused_and_not_waited_for(ray, tmp_path, wanted):
    with pytest.raises(SettingsError, match="no machine of the cluster has .* for a task"):
        list(run_on_ray([tmp_path / "a.mp4"], tmp_path, None, **wanted))
