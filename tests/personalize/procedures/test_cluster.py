import signal
import sys
from types import SimpleNamespace

import pytest

from personalize.errors import SettingsError, VideoError, WorkspaceError
from personalize.procedures import cluster
from personalize.procedures.cluster import Cluster, connect


def test_without_ray_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"--ray needs Ray, .* personalize\[cluster\]"):
        connect("auto")


def test_a_cluster_leaves_what_sigterm_does_as_it_was(monkeypatch):
    def init(**asked):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    fake = SimpleNamespace(is_initialized=lambda: False, init=init)
    monkeypatch.setitem(sys.modules, "ray", fake)
    before = signal.getsignal(signal.SIGTERM)
    assert connect("auto") is fake
    assert signal.getsignal(signal.SIGTERM) is before


class RayError(Exception):
    """The first of Ray's errors."""


class RayTaskError(RayError):
    """What a task has raised, in the words of Ray."""

    def __init__(self, cause):
        super().__init__("a long story")
        self.cause = cause


class FakeRay:
    """A cluster of one machine, where tasks are run when they are asked for, the last one first."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self):
        self.sent, self.asked = [], {}

    def nodes(self):
        return [{"Alive": True, "Resources": {"CPU": 2.0}}]

    def put(self, job):
        self.sent.append(job)
        return job

    def remote(self, **asked):
        self.asked = asked
        return lambda task: SimpleNamespace(remote=lambda *words: (task, words))

    def wait(self, tasks, num_returns, timeout):
        return tasks[-1:], tasks[:-1]

    def get(self, task):
        work, words = task
        try:
            return work(*words)
        except RayError:
            raise
        except Exception as error:
            raise RayTaskError(error) from error


@pytest.fixture
def ray(monkeypatch):
    fake = FakeRay()
    monkeypatch.setattr(cluster, "connect", lambda address: fake)
    return fake


def test_all_items_are_done_and_what_they_share_is_sent_once(ray):
    done = []
    ends = Cluster("auto", cores=2).spread(lambda job, item: done.append((job, item)), "j", [1, 2])
    assert len(list(ends)) == 2
    assert done == [("j", 2), ("j", 1)]
    assert ray.sent == ["j"]
    assert ray.asked == {"num_cpus": 2, "num_gpus": 0, "max_retries": 3}


def test_a_sentence_of_a_task_is_the_sentence_of_the_command(ray):
    def refuse(job, item):
        raise VideoError("clip.mp4: has changed since it was opened; start again")

    with pytest.raises(VideoError, match="^clip.mp4: has changed since it was opened"):
        list(Cluster("auto").spread(refuse, None, [1]))


def test_a_task_whose_process_died_again_and_again_is_told(ray):
    def die(job, item):
        raise RayError("The worker died.\nA long story.")

    with pytest.raises(WorkspaceError, match=r"died 4 times \(The worker died.\); start the same"):
        list(Cluster("auto").spread(die, None, [1]))


def test_a_cluster_that_has_not_what_is_asked_for_is_refused_at_once(ray):
    with pytest.raises(SettingsError, match="no machine of the cluster has 3 cores"):
        Cluster("auto", cores=3).connect()
