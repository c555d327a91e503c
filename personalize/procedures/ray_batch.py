"""A batch on the machines of a Ray cluster, each video a task.

Ray only chooses where a video is run, and runs it again if a machine or a process has died. As in
every batch, finished work is in the run folders, and the claims beside them tell who works on what.
So a dead worker, a dead head node or a second submission loses nothing and repeats nothing. The
folders of videos and of results lie on a file system that all machines share, under the same path.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from personalize.errors import SettingsError
from personalize.procedures.batch import Outcome, attempt, share_of
from personalize.storage.asked import Done
from personalize.storage.claims import Claims
from personalize.types import PathLike, Wrap

LOCAL = "local"
"""Address of a cluster that is started for the batch, on this machine."""

RETRIES = 3
"""How often a video is tried again whose process or machine has died."""

_SILENT = {"RAY_USAGE_STATS_ENABLED": "0"}
"""Otherwise Ray reports its use to its makers."""


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
    _check_resources(ray, cores, gpus)
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
            why = str(error).strip().partition("\n")[0]
            note = f"its process or its machine died {RETRIES + 1} times ({why})"
            return Outcome(name, "failed", note)


def connect(address: str) -> Any:
    """Return Ray, connected to a cluster, which sends no reports.

    Raises
    ------
    SettingsError
        If Ray is not installed, or there is no cluster.
    """
    os.environ.update(_SILENT)  # before it is loaded, and for the processes that it starts
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "--ray needs Ray, which is not installed; install personalize[cluster]"
        ) from error
    if not ray.is_initialized():
        more: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"env_vars": _SILENT},
                **more,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            why = str(error).strip().partition("\n")[0]
            raise SettingsError(f"--ray {address}: there is no cluster ({why})") from error
    return ray


def _check_resources(ray: Any, cores: int, gpus: float) -> None:
    """Raise SettingsError if no machine of a cluster has what a video needs: tasks would wait for
    ever.
    """
    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if not any(has.get("CPU", 0) >= cores and has.get("GPU", 0) >= gpus for has in machines):
        raise SettingsError(
            f"no machine of the cluster has {cores} cores and {gpus:g} GPUs for a video; ask for "
            "fewer with --cores, or leave out --device"
        )


def _task(video: Path, root: Path, name: str, run_one: Callable[..., Done]) -> Outcome:
    """Run a video in a process of the cluster.

    It may be run again after its machine died, and then finds the claim of a process that is gone.
    """
    claims = Claims(root)
    guarded = partial(run_one, guard=claims.check)
    return attempt(video, root, name, guarded, claims, patient=True)
