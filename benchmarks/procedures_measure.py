"""How `benchmarks.procedures` learns a labelled video, and measures it, as an evaluation does."""

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.verdict_rows import silhouettes_alone

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.adaptation.record import Adaptation
    from personalize.datasets.davis import Sequence as DavisSequence
    from personalize.datasets.jhmdb import LabelledClip
    from personalize.datasets.youtube_pose import LabelledVideo
    from personalize.media.source import Source
    from personalize.settings import RunSettings
    from personalize.stages.parse import Parser
    from personalize.stages.settings import SmoothSettings
    from personalize.storage.workspace import Workspace

TREE, BY_MASS = "tree", "mass"
"""Rules for joints: that of a run, and the paper's."""
PCK = 0.2
"""Share of the shoulders' width within which a joint of YouTube Pose is right."""


@dataclass(frozen=True)
class Scores:
    """How one network does on one video; NaN of what is not labelled.

    Attributes
    ----------
    px : float
        Mean error of the seven joints, pixels.
    pck : float
        Share of the joints that are right: within a fifth of the longer side of the person's box,
        or of the shoulders' width, as the data set has it.
    j : float
        Mean J of the silhouettes.
    """

    px: float = float("nan")
    pck: float = float("nan")
    j: float = float("nan")


@dataclass(frozen=True)
class Reading:
    """One way to parse with what a procedure has learned: a row of the table.

    Attributes
    ----------
    name : str
    network : str
        A key of `PARSERS`.
    rule : str
        Of `JointSettings`.
    smooth : bool
        Whether joints are smoothed, where frames follow each other.
    of_joints : bool
        Whether it is about joints alone.
    """

    name: str
    network: str = "personal"
    rule: str = TREE
    smooth: bool = True
    of_joints: bool = False


@dataclass(frozen=True)
class Task:
    """A labelled video.

    Attributes
    ----------
    name : str
    path : Path
    measure : callable
        ``measure(source, parser, smooth, rules)`` returns the Scores of joints by each of some
        rules of `JointSettings`.
    follows : bool
        Whether its frames follow each other, so that joints are smoothed.
    has_joints : bool
        Whether joints are labelled.
    """

    name: str
    path: Path
    measure: "Callable[[Source, Parser, SmoothSettings, Collection[str]], dict[str, Scores]]"
    follows: bool = True
    has_joints: bool = True

    def readings(self, procedure: tuple[Reading, ...]) -> list[Reading]:
        """Return those readings of a procedure that tell something of this video."""
        return [
            reading
            for reading in procedure
            if (reading.smooth or self.follows) and (self.has_joints or not reading.of_joints)
        ]


def clip_task(clip: "LabelledClip") -> Task:
    """Return the task of a clip of J-HMDB."""

    def measure(
        source: "Source", parser: "Parser", smooth: "SmoothSettings", rules: Collection[str]
    ) -> dict[str, Scores]:
        from personalize.procedures.evaluate.jhmdb import measure_parsed, parse_clip, read_truth

        scores, truth = {}, read_truth(clip, source)
        for rule in rules:
            parsed = parse_clip(source, with_rule(parser, rule), smooth, iter)
            found = measure_parsed(truth, parsed)
            scores[rule] = Scores(found.px, found.pck, found.j)
        return scores

    return Task(clip.name, clip.path, measure)


def video_task(video: "LabelledVideo") -> Task:
    """Return the task of a video of YouTube Pose, which is its labelled frames."""

    def measure(
        source: "Source", parser: "Parser", smooth: "SmoothSettings", rules: Collection[str]
    ) -> dict[str, Scores]:
        from personalize.evaluation.joint_errors import measure_joints
        from personalize.procedures.evaluate.youtube_pose import upper_body_joints

        found, scores = upper_body_joints(parser, video, iter), {}
        for rule in rules:
            xy = found["xy_mass" if rule == BY_MASS else "xy"]
            errors = measure_joints(video.xy, xy, found["found"])
            right = errors.pixels <= PCK * errors.shoulder_width
            pck = float(right[errors.labelled].mean())
            scores[rule] = Scores(float(np.nanmean(errors.pixels)), pck)
        return scores

    return Task(video.name, video.images[0].parent, measure, follows=False)


def sequence_task(sequence: "DavisSequence") -> Task:
    """Return the task of a sequence of DAVIS."""

    def measure(
        source: "Source", parser: "Parser", smooth: "SmoothSettings", rules: Collection[str]
    ) -> dict[str, Scores]:
        from personalize.evaluation.segmentation import mean_j
        from personalize.procedures.evaluate.silhouettes import parsed_silhouettes

        frames = sequence.annotated
        masks = parsed_silhouettes(sequence, frames, parser, iter)
        return dict.fromkeys(rules, Scores(j=mean_j(map(sequence.read_mask, frames), masks)))

    return Task(sequence.name, sequence.folder, measure, follows=False, has_joints=False)


def with_rule(parser: "Parser", rule: str) -> "Parser":
    """Return a parser that reads joints by a rule of `JointSettings`."""
    joints = replace(parser.settings.joints, rule=rule)
    return replace(parser, settings=replace(parser.settings, joints=joints))


def begin_from(run: Path, folder: Path) -> None:
    """Copy a run folder, so that stages that stay the same are found in the copy.

    Parameters
    ----------
    run : Path
        What is copied, if it is there.
    folder : Path
        The copy; one that is there is left as it is.
    """
    if run.is_dir() and not folder.exists():
        unfinished = folder.with_name(f".{folder.name}")
        with suppress(FileNotFoundError):
            shutil.rmtree(unfinished)
        shutil.copytree(run, unfinished)
        unfinished.rename(folder)


def measure_readings(
    task: Task,
    folder: Path,
    base: "Base",
    settings: "RunSettings",
    readings: tuple[Reading, ...],
    landmarks: Path | None = None,
) -> dict[str, Scores]:
    """Learn a video by a procedure, and measure it in several ways.

    Parameters
    ----------
    task : Task
    folder : Path
        Run folder of this video.
    base : Base
    settings : RunSettings
        Of the procedure.
    readings : tuple of Reading
    landmarks : Path, optional
        Of a teacher.

    Returns
    -------
    dict of str to Scores
        By the name of the reading.
    """
    from personalize.media.video import open_source

    source = open_source(task.path)
    parser_of = learn(task.name, source, folder, base, settings, landmarks)
    ways: dict[tuple[Parser, bool], list[Reading]] = {}
    for reading in readings:
        ways.setdefault((parser_of(reading.network), reading.smooth), []).append(reading)
    found: dict[str, Scores] = {}
    for (parser, is_smoothed), same in ways.items():
        smooth = settings.smooth if is_smoothed else replace(settings.smooth, reach=0)
        scores = task.measure(source, parser, smooth, {reading.rule for reading in same})
        found |= {reading.name: scores[reading.rule] for reading in same}
    return found


def learn(
    name: str,
    source: "Source",
    folder: Path,
    base: "Base",
    settings: "RunSettings",
    landmarks: Path | None,
) -> "Callable[[str], Parser]":
    """Learn the person of a video, and return what gives the parser of a key of `PARSERS`.

    Parameters
    ----------
    name : str
        Of the video in the file of landmarks.
    source : Source
    folder, base, settings, landmarks
        As for `measure_readings`.
    """
    from personalize.errors import NobodyFoundError
    from personalize.procedures.evaluate.learning import find_teacher
    from personalize.procedures.pipeline import learn_person
    from personalize.procedures.run_folder import open_run
    from personalize.procedures.tracking import track_person
    from personalize.stages.parse import Parser

    teacher = find_teacher(landmarks, source, name)
    workspace = open_run(folder, source, base, settings)
    track = track_person(source, workspace, base.engine, settings)
    try:
        learned = learn_person(source, track, workspace, base, settings, teacher=teacher)
    except NobodyFoundError:
        generic = Parser(base.engine, track, settings.parse)
        return lambda network: generic
    return lambda network: PARSERS[network](learned, workspace, base)


def without_cut(learned: "Adaptation", workspace: "Workspace", base: "Base") -> "Parser":
    """Return the personal parser, which does not cut along colours: its silhouettes are those of
    the networks, and none is injected.

    Parameters
    ----------
    learned : Adaptation
    workspace : Workspace
    base : Base
        As for `silhouettes_alone`.
    """
    appearance = learned.personal.appearance
    appearance = appearance and appearance.of(silhouettes=False, parts=True)
    return replace(learned.personal, appearance=appearance)


def without_part_colours(learned: "Adaptation", workspace: "Workspace", base: "Base") -> "Parser":
    """Return the personal parser, which does not weigh parts by their colours.

    Parameters
    ----------
    learned : Adaptation
    workspace : Workspace
    base : Base
        As for `silhouettes_alone`.
    """
    appearance = learned.personal.appearance
    return replace(learned.personal, appearance=appearance and replace(appearance, worn=None))


def all_of_the_way(learned: "Adaptation", workspace: "Workspace", base: "Base") -> "Parser":
    """Return the personal parser with parts that are as far from the generic ones as what was
    learned, of which a run keeps half (`adaptation.blend`).

    Parameters
    ----------
    learned : Adaptation
    workspace : Workspace
    base : Base
        As for `silhouettes_alone`.
    """
    from personalize.adaptation.blend import blend, with_modules
    from personalize.network.checkpoints import load_person
    from personalize.settings import RunSettings
    from personalize.stages.verdict import LEARNER
    from personalize.storage.layout import LEARNED

    personal = load_person(workspace.root / LEARNED, base.network)
    before = with_modules(base.network, personal, [LEARNER["silhouettes"]])
    network = blend(before, personal, 1 / RunSettings().way)
    return replace(learned.personal, network=base.engines.of(network))


PARSERS: "dict[str, Callable[[Adaptation, Workspace, Base], Parser]]" = {
    "generic": lambda learned, workspace, base: learned.generic,
    "personal": lambda learned, workspace, base: learned.personal,
    "kept": lambda learned, workspace, base: learned.kept,
    "silhouettes": silhouettes_alone,
    "uncut": without_cut,
    "uncoloured": without_part_colours,
    "all of the way": all_of_the_way,
}
"""Parsers of what was learned: before learning; with all of it; with what the verdict keeps; with
the silhouettes alone; with all, but for the cut, or for the colours of parts; with parts that are
learned all of the way."""
