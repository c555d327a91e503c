"""Record in the manifest of a run where its results may be wrong (`stages/alarms`)."""

import numpy as np

from personalize.output.finished import FinishedRun
from personalize.stages.alarms import Observed, count_pieces, find_alarms
from personalize.stages.settings import AlarmSettings
from personalize.storage.workspace import Workspace
from personalize.types import Wrap
from personalize.workers import in_order

ALARMS = "alarms"
"""Entry of a manifest."""


def warn(
    workspace: Workspace,
    stage: str,
    *,
    settings: AlarmSettings = AlarmSettings(),
    workers: int = 1,
    progress: Wrap = iter,
) -> None:
    """Look through what a run has parsed, and record its alarms in the manifest.

    Parameters
    ----------
    workspace : Workspace
        Of which every frame is parsed.
    stage : str
        That parses: where it was not computed, and alarms are recorded already, they stay.
    settings : AlarmSettings
    workers : int
        As for `workers.in_order`.
    progress : callable
        Wraps the silhouettes.
    """
    if stage in workspace.reused and ALARMS in workspace.manifest:
        return
    run = FinishedRun(workspace.root, workspace.manifest)
    observed = observe(run, settings=settings, workers=workers, progress=progress)
    alarms = find_alarms(observed, settings=settings)
    workspace.note(ALARMS, [alarm.describe() for alarm in alarms])


def observe(
    run: FinishedRun,
    *,
    settings: AlarmSettings = AlarmSettings(),
    workers: int = 1,
    progress: Wrap = iter,
) -> Observed:
    """Return what alarms are made of.

    Parameters
    ----------
    run : FinishedRun
    settings : AlarmSettings
    workers : int
        As for `workers.in_order`.
    progress : callable
        Wraps the silhouettes.

    Returns
    -------
    Observed
    """

    def pieces(number: int) -> int:
        return count_pieces(run.silhouette(number), settings)

    counted = in_order(pieces, progress(run.numbers), workers)
    head = run.confidence[:, run.joint_names.index("head")]
    return Observed(run.numbers, run.seen, np.fromiter(counted, int, len(run)), head)
