"""Personalize one video (Charles et al., BMVC 2017, section 4.4): the stages, in the paper's order.

Every stage leaves its result in the run folder; a second run with the same
input and settings finds it there and goes on behind it.
"""

from dataclasses import asdict, dataclass
from functools import cache, partial

import numpy as np
import torch

from personalize.aim import aim_person, spread_frames
from personalize.export import OUTPUTS, SILHOUETTES, write_parsing
from personalize.factors.registry import Factor
from personalize.framing import Framing, fit_frame
from personalize.network.checkpoints import digest, load_person, save_person
from personalize.network.factored import FactoredNetwork
from personalize.predict import predict_person
from personalize.propagate import propagate_person
from personalize.refine import UNLABELLED, Colours, learn_colours, refine_silhouettes, sharpen_silhouette
from personalize.report.compare import write_comparison
from personalize.report.page import COMPARISON, REPORT, write_report
from personalize.settings import AUTO
from personalize.training.factor import finetune_factor
from personalize.types import Clip
from personalize.verdict import Verdict, hold_out, judge, reach_verdict
from personalize.window import choose_window
from personalize.workspace import Workspace

PERSON = "person.safetensors"


def silent(stage):
    """Return the progress of a stage that nobody watches."""
    return iter


@dataclass(frozen=True, eq=False)
class Base:
    """The generic network that every person starts from.

    Attributes
    ----------
    network : FactoredNetwork
        In evaluation mode, on the device of all computation.
    digest : str
        Of its weights.
    factor : Factor or None
        What tells the person from the background in the window, in its place.
    """

    network: FactoredNetwork
    digest: str
    factor: Factor | None = None

    @classmethod
    def of(cls, network, factor=None):
        """Return the base of a network."""
        return cls(network, digest(network.state_dict()), factor)

    def predict(self, frames, *, progress=iter):
        """Return the probability of the person, as `predict.predict_person`."""
        if self.factor:
            return self.factor.predict(frames, progress=progress)
        return predict_person(self.network, frames, progress=progress)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What was learned from a window of T frames.

    Attributes
    ----------
    person : (T, h, w) float32 array
        The generic network's probability of the person, in cells; or a factor's,
        as large as it likes.
    beliefs : (T, H, W) float16 array
        After propagation, at the working size.
    labels : (T, H, W) uint8 array
        After refinement: 1 person, 0 background, 255 unlabelled.
    colours : Colours or None
        Of the window.
    generic, personal : FactoredNetwork
        Before learning and after.
    verdict : Verdict
        Which of them is kept.
    """

    person: np.ndarray
    beliefs: np.ndarray
    labels: np.ndarray
    colours: Colours | None
    generic: FactoredNetwork
    personal: FactoredNetwork
    verdict: Verdict

    @property
    def network(self):
        """The network that is kept."""
        return getattr(self, self.verdict.kept)


def run(source, root, base, settings, *, given=None, progress=silent):
    """Learn the person of a video and parse all of it with the personal network.

    Parameters
    ----------
    source : Source
        From `video.open_source`.
    root : path-like
        The run folder; made, or continued.
    base : Base
    settings : RunSettings
    given : GivenSilhouettes, optional
        Sure labels of their frames; in these they are injected, too.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's sequence.

    Returns
    -------
    Workspace
        Of the finished run.
    """
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    workspace = open_run(root, source, base, settings)
    framing = frame_person(source, workspace, base.network, settings, progress)
    lesson = learn_person(source, window, framing, workspace, base, settings, progress, given)
    sharpen = sharpener(lesson.colours, settings)
    parse_stage(
        workspace,
        source,
        framing,
        lesson.network,
        settings,
        progress,
        given=given,
        sharpen=sharpen,
        kept=lesson.verdict.kept,
    )
    report_stage(
        workspace,
        lambda folder: write_comparison(
            folder,
            source,
            framing,
            (lesson.generic, lesson.network),
            lesson.person,
            window=window,
            silhouettes=workspace.root / SILHOUETTES,
            settings=settings,
            sharpen=sharpen,
            progress=progress("report"),
        ),
    )
    return workspace


def parse(source, root, network, settings, *, given=None, progress=silent):
    """Parse a video with a network as it is, generic or personal.

    Parameters
    ----------
    source, root, settings, given, progress
        As for `run`.
    network : FactoredNetwork

    Returns
    -------
    Workspace
    """
    facts = {"weights": digest(network.state_dict())}
    notes = {"device": device_of(network)}
    workspace = Workspace.open(root, source=source, facts=facts, purpose="parse", notes=notes)
    framing = frame_person(source, workspace, network, settings, progress)
    parse_stage(workspace, source, framing, network, settings, progress, given=given)
    report_stage(workspace)
    return workspace


def sharpener(colours, settings):
    """Return what cuts the person out of a canvas by the colours of a window; None without any."""
    return colours and partial(sharpen_silhouette, colours=colours, settings=settings.refine)


def parse_stage(
    workspace, source, framing, network, settings, progress, *, given, sharpen=None, kept=None
):
    """Parse every frame of a video into a run folder."""
    looks = {"joints": settings.joints, "smooth": settings.smooth, "overlay": settings.overlay}
    workspace.stage(
        "parse",
        {"framing": framing, **looks, "kept": kept, **describe("silhouettes", given)},
        lambda folder: write_parsing(
            folder,
            source,
            framing,
            network,
            settings,
            given=given,
            sharpen=sharpen,
            progress=progress("parse"),
        ),
        outputs=OUTPUTS,
    )


def report_stage(workspace, compare=None):
    """Write the report of a run; ``compare(folder)`` draws generic and personal side by side."""
    manifest = workspace.manifest

    def produce(folder):
        if compare:
            compare(folder / COMPARISON)
        write_report(folder / REPORT, workspace.root, manifest, comparison=folder / COMPARISON)

    workspace.stage(
        "report",
        {"name": manifest["source"]["name"], "verdict": manifest.get("verdict")},
        produce,
        outputs=[REPORT, COMPARISON] if compare else [REPORT],
    )


def open_run(root, source, base, settings):
    """Open the run folder of a source, bound to the base weights and the seed."""
    facts = {"base": base.digest, "seed": settings.seed}
    notes = {"device": device_of(base.network)}
    return Workspace.open(root, source=source, facts=facts, notes=notes)


def describe(name, brought):
    """Return what a stage's settings say of what the user brought: nothing, if nothing was."""
    return {name: brought.describe()} if brought else {}


def frame_person(source, workspace, network, settings, progress=silent):
    """Return how a source lies on the canvas: whole at a given size, else after a first look.

    Parameters
    ----------
    source : Source
    workspace : Workspace
        Keeps what the first look gave; later stages keep the framing with their settings.
    network : FactoredNetwork
        The one to look with.
    settings : RunSettings
    progress : callable

    Returns
    -------
    Framing
    """
    if settings.size != AUTO:
        return fit_frame(source.height, source.width, settings.size)

    def look():
        wanted = spread_frames(source.frame_count, settings.aim.looks)
        decoded = enumerate(source.frames(0, wanted[-1] + 1))
        read = progress("aim")(Sized(decoded, wanted[-1] + 1))
        frames = [frame for number, frame in read if number in wanted]
        return asdict(aim_person(network, frames, settings=settings.aim))

    framing = workspace.arrays("aim", settings.aim, look)
    return Framing(**{name: value.item() for name, value in framing.items()})


def device_of(network):
    """Return the name of the device that a network is on."""
    return str(next(network.parameters()).device)


def learn_person(
    source, window, framing, workspace, base, settings, progress=silent, given=None
):
    """Take the stages from the window to the personal network.

    Parameters
    ----------
    source : Source
    window : Window
    framing : Framing
    workspace : Workspace
        Where every stage's result is kept.
    base : Base
    settings : RunSettings
    progress : callable
    given : GivenSilhouettes, optional

    Returns
    -------
    Lesson
    """
    clip = cache(lambda: read_clip(source, window, framing, progress=progress("read")))
    laid = {"framing": framing, "start": window.start, "stop": window.stop}
    given = given and given.within(window)
    known = cache(lambda: given.on_canvas(window, framing) if given else {})
    person = workspace.arrays(
        "predict",
        {**laid, **describe("factor", base.factor)},
        lambda: base.predict(clip().frames, progress=progress("predict")),
    )
    beliefs = workspace.arrays(
        "propagate",
        {**asdict(settings.seeds), **describe("silhouettes", given)},
        lambda: propagate_person(
            clip().frames,
            person,
            settings=settings.seeds,
            given=known(),
            progress=progress("propagate"),
        ).astype(np.float16),
    )

    def refine():
        soft = beliefs.astype(np.float32)
        colours = learn_colours(clip().frames, soft, settings=settings.refine)
        labels = refine_silhouettes(
            clip().frames,
            soft,
            colours,
            settings=settings.refine,
            given=known(),
            progress=progress("refine"),
        )
        return {"labels": labels, **(colours.arrays() if colours else {})}

    refined = workspace.arrays("refine", settings.refine, refine)
    labels = refined["labels"]
    held = hold_out(len(window), settings.verdict)
    held[[number for number in known()]] = False

    def finetune(folder):
        network = finetune_factor(
            base.network,
            clip().frames,
            np.where(held[:, None, None], UNLABELLED, labels),
            settings=settings.factor,
            generator=torch.Generator().manual_seed(settings.seed),
            progress=progress("learn"),
        )
        facts = {"source": source.name, "window": [window.start, window.stop]}
        save_person(network, folder / PERSON, base.digest, facts)

    personal = workspace.stage(
        "learn",
        {**asdict(settings.factor), "held_out": np.flatnonzero(held)},
        finetune,
        outputs=[PERSON],
        load=lambda folder: load_person(folder / PERSON, base.network),
    )
    evidence = workspace.arrays(
        "judge",
        {},
        lambda: judge(
            clip().frames, labels, held, base.network, personal, progress=progress("judge")
        ),
    )
    verdict = reach_verdict(evidence, held, settings=settings.verdict)
    workspace.tell("verdict", verdict.describe())
    return Lesson(person, beliefs, labels, Colours.from_arrays(refined), base.network, personal, verdict)


def read_clip(source, window, framing, *, progress=iter):
    """Read the frames of a window, each brought to the canvas as it comes.

    Returns
    -------
    Clip
    """
    frames = np.empty((len(window), framing.rows, framing.cols, 3), np.uint8)
    decoded = source.frames(window.start, window.stop)
    for frame, canvas in zip(progress(Sized(decoded, len(window))), frames):
        canvas[:] = framing.apply(frame)
    return Clip(frames, window)


class Sized:
    """An iterator of frames that knows how many will come; progress bars ask."""

    def __init__(self, frames, count):
        self.frames = frames
        self.count = count

    def __iter__(self):
        return iter(self.frames)

    def __len__(self):
        return self.count
