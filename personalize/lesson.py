"""Learn the person of one window (Charles et al., BMVC 2017, section 4.4), stage by stage.

Each stage leaves its result in the run folder, where a second run finds it.
"""

from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
import torch

from personalize.factors.registry import Factor
from personalize.network.checkpoints import digest, load_person, save_person
from personalize.network.factored import FactoredNetwork
from personalize.predict import predict_person
from personalize.propagate import propagate_person
from personalize.refine import UNLABELLED, Colours, learn_colours, refine_silhouettes
from personalize.settings import VIEWS
from personalize.training.blend import blend
from personalize.training.factor import finetune_factor
from personalize.training.teach import teach_parts
from personalize.types import Clip
from personalize.verdict import Verdict, hold_out, judge, reach_verdict

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

    @property
    def device(self):
        """The device of all computation."""
        return next(self.network.parameters()).device

    def predict(self, frames, *, views=VIEWS["1"], progress=iter):
        """Return the probability of the person, as `predict.predict_person`."""
        if self.factor:
            return self.factor.predict(frames, progress=progress)
        return predict_person(self.network, frames, views=views, progress=progress)


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
        {**laid, "views": settings.views, **describe("factor", base.factor)},
        lambda: base.predict(clip().frames, views=settings.views, progress=progress("predict")),
    )
    beliefs = workspace.arrays(
        "propagate",
        {**asdict(settings.seeds), **describe("silhouettes", given)},
        lambda: propagate_person(
            clip().frames,
            person,
            settings=settings.seeds,
            given=known(),
            device=base.device,
            progress=progress("propagate"),
        ).astype(np.float16),
    )

    refined = workspace.arrays(
        "refine",
        settings.refine,
        lambda: refine(
            clip().frames,
            beliefs.astype(np.float32),
            settings=settings.refine,
            given=known(),
            progress=progress("refine"),
        ),
    )
    labels = refined["labels"]
    held = hold_out(len(window), settings.verdict)
    held[[number for number in known()]] = False

    def learn(folder):
        network = learn_silhouettes_and_parts(
            base.network, clip().frames, labels, beliefs, held, settings, progress
        )
        facts = {"source": source.name, "window": [window.start, window.stop]}
        save_person(network, folder / PERSON, base.digest, facts)

    personal = workspace.stage(
        "learn",
        {
            **asdict(settings.factor),
            "parts": settings.teach,
            "way": settings.way,
            "held_out": np.flatnonzero(held),
        },
        learn,
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
    colours = Colours.from_arrays(refined)
    return Lesson(person, beliefs, labels, colours, base.network, personal, verdict)


def learn_silhouettes_and_parts(network, frames, labels, beliefs, held, settings, progress):
    """Return the network that has learned the silhouettes of a window, and then its parts.

    Parameters
    ----------
    network : FactoredNetwork
    frames : (T, rows, cols, 3) uint8 array
    labels : (T, H, W) uint8 array
        1 person, 0 background, 255 unlabelled: what silhouettes are learned from.
    beliefs : (T, H, W) float16 array
        What stands where labels are missing: together they are injected, to learn parts.
    held : (T,) bool array
        Frames that nothing is learned from.
    settings : RunSettings
    progress : callable
    """
    generator = torch.Generator().manual_seed(settings.seed)
    personal = finetune_factor(
        network,
        frames,
        np.where(held[:, None, None], UNLABELLED, labels),
        settings=settings.factor,
        generator=generator,
        progress=progress("learn"),
    )
    if settings.teach.epochs:
        labels, beliefs = labels[~held], beliefs[~held]
        personal = teach_parts(
            personal,
            frames[~held],
            np.where(labels == UNLABELLED, beliefs, labels == 1),
            settings=settings.teach,
            generator=generator,
            progress=progress("teach"),
        )
    return blend(network, personal, settings.way)


def refine(frames, beliefs, *, settings, given, progress):
    """Return the refined labels of a window, and its colours, as arrays by name."""
    colours = learn_colours(frames, beliefs, settings=settings)
    labels = refine_silhouettes(
        frames, beliefs, colours, settings=settings, given=given, progress=progress
    )
    return {"labels": labels, **(colours.arrays() if colours else {})}


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


def describe(name, brought):
    """Return what a stage's settings say of what the user brought: nothing, if nothing was."""
    return {name: brought.describe()} if brought else {}
