"""The procedures that `benchmarks.procedures` compares: the paper's, a run, and a run without a
thing.
"""

from dataclasses import dataclass, replace

from benchmarks.procedures_measure import BY_MASS, Reading
from personalize.network.settings import VIEWS
from personalize.settings import RunSettings

RUN = "run"
"""The procedure of `personalize run`, from which the others begin."""
GENERIC, KEPT = "generic", "a run"
"""Rows that the others are compared with."""


@dataclass(frozen=True)
class Procedure:
    """How a person is learned.

    Attributes
    ----------
    settings : RunSettings
    readings : tuple of Reading
        Rows of the table.
    taught : bool
        Whether parts are learned by the landmarks of a teacher.
    """

    settings: RunSettings
    readings: tuple[Reading, ...]
    taught: bool = False


def paper() -> RunSettings:
    """Return the paper's procedure, as far as settings have it: seeds above 0.99 alone, carried
    along the trees, and cut; silhouettes are learned, and no parts.
    """
    settings = RunSettings()
    seeds = replace(without_movement().seeds, own=0.0, surest=0.0)
    return replace(
        settings,
        seeds=seeds,
        still_scene=without_scene().still_scene,
        refine=without_local_colours().refine,
        self_training=replace(settings.self_training, epochs=0),
        window_views=VIEWS["1"],
    )


def without_movement() -> RunSettings:
    """Return the settings of a run without the evidence of movement."""
    seeds = RunSettings().seeds
    motion = replace(seeds.residual_motion, weight=0.0)
    return replace(RunSettings(), seeds=replace(seeds, residual_motion=motion))


def without_scene() -> RunSettings:
    """Return the settings of a run without the still scene."""
    return replace(RunSettings(), still_scene=replace(RunSettings().still_scene, weight=0.0))


def without_local_colours() -> RunSettings:
    """Return the settings of a run whose cut knows the colours of the window alone."""
    refine = RunSettings().refine
    local = replace(refine.local_colours, weight=0.0)
    return replace(RunSettings(), refine=replace(refine, local_colours=local))


def propagated_alone() -> RunSettings:
    """Return the settings of a run whose beliefs are what was propagated alone."""
    return replace(RunSettings(), seeds=replace(RunSettings().seeds, own=0.0))


PROCEDURES = {
    RUN: Procedure(
        RunSettings(),
        (
            Reading(GENERIC, "generic"),
            Reading(
                "generic, the paper's rule for joints", "generic", rule=BY_MASS, of_joints=True
            ),
            Reading(KEPT, "kept"),
            Reading("a run, everything kept"),
            Reading("a run, the paper's rule for joints", "kept", rule=BY_MASS, of_joints=True),
            Reading("no parts taught by itself", "silhouettes", of_joints=True),
            Reading("parts taught all of the way", "all of the way", of_joints=True),
            Reading("no colours of parts when parsing", "uncoloured", of_joints=True),
            Reading("no cut when parsing", "uncut"),
            Reading("joints not smoothed", smooth=False, of_joints=True),
        ),
    ),
    "paper": Procedure(
        paper(),
        (
            Reading("the paper's procedure", "uncut"),
            Reading("the same, the paper's rule for joints", "uncut", rule=BY_MASS, of_joints=True),
            Reading("the same, cut when parsing"),
        ),
    ),
    "movement": Procedure(without_movement(), (Reading("no movement"),)),
    "scene": Procedure(without_scene(), (Reading("no still scene"),)),
    "local": Procedure(without_local_colours(), (Reading("no local colours"),)),
    "own": Procedure(propagated_alone(), (Reading("beliefs that were propagated alone"),)),
    "teacher": Procedure(
        RunSettings(),
        (Reading("with a teacher", "kept"), Reading("with a teacher, everything kept")),
        taught=True,
    ),
}
"""Name -> procedure, in the order of the tables."""
