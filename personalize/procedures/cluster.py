"""A Ray cluster: machines on which tasks are run, and run again where one has died.

Nothing about footage leaves it: Ray's reports to its makers are switched off.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from personalize.errors import SettingsError, WorkspaceError
from personalize.procedures.settings import LOCAL

RETRIES = 3
"""How often a task is tried again whose process or machine has died."""

LOOK = 1.0
"""Seconds after which whoever waits for tasks is asked again, though none has ended."""

_SILENT = {"RAY_USAGE_STATS_ENABLED": "0"}
"""Ray reports its use to its makers else."""


@dataclass(frozen=True)
class Cluster:
    """What is asked of a cluster for each task.

    Attributes
    ----------
    address : str
        As `ray.init` takes it; `LOCAL` starts one here.
    cores, gpus : number
        Of a machine.
    """

    address: str = LOCAL
    cores: int = 1
    gpus: float = 0

    def connect(self) -> Any:
        """Return Ray, connected to the cluster, which has what a task needs; raises as
        `connect` and `check_resources`.
        """
        ray = connect(self.address)
        check_resources(ray, self.cores, self.gpus)
        return ray

    def spread(
        self, work: Callable[[Any, Any], object], job: Any, items: Sequence[Any]
    ) -> Iterator[None]:
        """Do ``work(job, item)`` for all items, on all machines.

        Parameters
        ----------
        work : callable
            Pickled, as all of them; may be called again for an item whose machine has died.
        job : object
            Sent once to every machine.
        items : sequence

        Yields
        ------
        None
            Whenever an item is done, and every `LOOK` seconds.

        Raises
        ------
        Exception
            What `work` raises.
        WorkspaceError
            If an item's process died again and again.
        """
        ray = self.connect()
        asked = {"num_cpus": self.cores, "num_gpus": self.gpus, "max_retries": RETRIES}
        shared, remote = ray.put(job), ray.remote(**asked)(work)
        waiting = [remote.remote(shared, item) for item in items]
        while waiting:
            done, waiting = ray.wait(waiting, num_returns=1, timeout=LOOK)
            for task in done:
                try:
                    ray.get(task)
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from error
                except ray.exceptions.RayError as error:
                    raise WorkspaceError(f"{died(error)}; start the same again") from error
            yield


def died(error: Exception) -> str:
    """Return the message for a task whose process or machine has died too often."""
    why = str(error).strip().partition("\n")[0]
    return f"its process or its machine died {RETRIES + 1} times ({why})"


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
            with termination_kept():
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


@contextmanager
def termination_kept() -> Iterator[None]:
    """Have SIGTERM do afterwards what it did before: Ray has it print a stack of its own, and end
    the process at once.
    """
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def check_resources(ray: Any, cores: int, gpus: float) -> None:
    """See that a machine of a cluster has what a task needs; else tasks would wait for ever.

    Parameters
    ----------
    ray : module
        Connected.
    cores, gpus : number
        Of a machine.

    Raises
    ------
    SettingsError
    """
    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if not any(has.get("CPU", 0) >= cores and has.get("GPU", 0) >= gpus for has in machines):
        raise SettingsError(
            f"no machine of the cluster has {cores} cores and {gpus:g} GPUs for a task; ask for "
            "fewer with --cores, or leave out --device"
        )
