"""A batch on the machines of a Ray cluster, each video a task.

Ray only chooses where a video is run, and runs it again if a machine or a process has died. As in
every batch, finished work is in the run folders, and the claims beside them say who works on what.
So a dead worker, a dead head node or a second submission loses nothing and repeats nothing. The
folders of videos and of results lie on a file system that all machines share, under the same path.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from personalize.procedures.batch import Outcome, attempt, share_of
from personalize.procedures.cluster import RETRIES, check_resources, connect, died
from personalize.procedures.settings import LOCAL
from personalize.storage.asked import Done
from personalize.storage.claims import Claims
from personalize.types import PathLike, Wrap


def run_on_ray(
    videos: Sequence[Path],
    root: PathLike,
    run_one: Callable[..., Done],
    *,
    address: str = LOCAL,
    cores: int = 1,
    gpus: float = 0,
    shard: tuple[int, int] = (1, 1),
    progress: Wrap = iter,
) -> Iterator[Outcome]:
    """Run videos on a Ray cluster, each into its own folder.

    Parameters
    ----------
    videos : sequence of Path
    root : path-like
        As for `run_batch`.
    run_one : callable
        ``run_one(video, folder, guard=check)`` returns the finished run; ``check()`` is called
        now and then, and what it raises ends the work. It is pickled, and every machine has its
        modules.
    address : str
        Of the cluster, as `ray.init` takes it; `LOCAL` starts one here.
    cores, gpus : number
        Of a machine, for each video.
    shard : (int, int)
        As for `run_batch`.
    progress : callable
        Wraps the sequence of outcomes, whose length is known.

    Yields
    ------
    Outcome
        Of each video, in the order in which they end.

    Raises
    ------
    SettingsError
        If Ray is not installed, there is no cluster at the address, or the cluster lacks what a
        video needs.
    """
    ray = connect(address)
    check_resources(ray, cores, gpus)
    remote = ray.remote(num_cpus=cores, num_gpus=gpus, max_retries=RETRIES)(_task)
    root = Path(root).absolute()
    waiting = {
        remote.remote(video.absolute(), root, name, run_one): video.name
        for video, name in share_of(videos, root, shard)
    }
    yield from progress(Outcomes(ray, waiting))


class Outcomes:
    """The outcomes of tasks, as they end; it is known how many there will be.

    Parameters
    ----------
    ray : module
    waiting : dict
        Names of videos by the references of their tasks.
    """

    def __init__(self, ray: Any, waiting: dict[Any, str]) -> None:
        self._ray, self._waiting = ray, waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Outcome]:
        waiting = dict(self._waiting)
        while waiting:
            [done], _ = self._ray.wait(list(waiting), num_returns=1)
            yield self._outcome(done, waiting.pop(done))

    def _outcome(self, task: Any, name: str) -> Outcome:
        try:
            outcome: Outcome = self._ray.get(task)
            return outcome
        except self._ray.exceptions.RayError as error:
            return Outcome(name, "failed", died(error))


def _task(video: Path, root: Path, name: str, run_one: Callable[..., Done]) -> Outcome:
    """Run a video in a process of the cluster.

    It may be run again after its machine died, and then finds the claim of a process that is gone.
    """
    claims = Claims(root)
    guarded = partial(run_one, guard=claims.check)
    return attempt(video, root, name, guarded, claims, patient=True)
