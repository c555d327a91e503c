"""Learn the person of one window (Charles et al., BMVC 2017, section 4.4), stage by stage.

Each stage leaves its result in the run folder, where a second run finds it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from personalize.adaptation.base import Base
from personalize.adaptation.person import learn_silhouettes_and_parts
from personalize.errors import NobodyFoundError
from personalize.evidence.part_colours import Wardrobe
from personalize.evidence.still_scene import Scene
from personalize.imaging.framing import Framing
from personalize.media.clip import read_clip, spread
from personalize.media.given_silhouettes import GivenSilhouettes
from personalize.media.source import Source
from personalize.network.checkpoints import load_person, save_person
from personalize.network.factored import FactoredNetwork
from personalize.settings import AUTO, RunSettings
from personalize.stages.appearance import Appearance
from personalize.stages.judge import Verdict, hold_out, judge, reach_verdict
from personalize.stages.propagate import propagate_person
from personalize.stages.refine import Colours, learn_colours, refine_silhouettes
from personalize.storage.layout import PERSON, WARDROBE
from personalize.storage.workspace import Workspace, load_arrays, save_arrays
from personalize.types import Window


def silent(stage):
    """Return the progress of a stage that nobody watches."""
    return iter


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
    appearance : Appearance
        Colours of the person and of their parts, which help the personal network.
    generic, personal : FactoredNetwork
        Before learning and after.
    verdict : Verdict
        Which of them is kept.
    """

    person: np.ndarray
    beliefs: np.ndarray
    labels: np.ndarray
    appearance: Appearance
    generic: FactoredNetwork
    personal: FactoredNetwork
    verdict: Verdict

    @property
    def kept(self):
        """The network that is kept, and the appearance that helps it; None beside the generic one."""
        if self.verdict.kept == "personal":
            return self.personal, self.appearance
        return self.generic, None


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

    Raises
    ------
    NobodyFoundError
        If the window shows nobody to learn.
    """
    given = given and given.within(window)
    stages = _Stages(source, window, framing, workspace, base, settings, progress, given)
    person = stages.predict()
    try:
        beliefs, scene = stages.propagate(person)
        labels, colours = stages.refine(beliefs)
        held = stages.hold_out()
        personal, worn = stages.learn(labels, beliefs, held)
    except NobodyFoundError as error:  # by stages that know arrays, but not whose they are
        raise NobodyFoundError(f"{source.name}: {error}; {remedy(source, window, settings)}") from error
    verdict = stages.judge(labels, held, personal)
    appearance = Appearance(colours, worn, scene, settings.refine, settings.wardrobe)
    return Lesson(person, beliefs, labels, appearance, base.network, personal, verdict)


@dataclass(frozen=True, eq=False)
class _Stages:
    """The stages of one window, in the order of the methods; each is computed once for a run folder."""

    source: Source
    window: Window
    framing: Framing
    workspace: Workspace
    base: Base
    settings: RunSettings
    progress: Callable
    given: GivenSilhouettes | None

    @cached_property
    def frames(self):
        """The frames on the canvas: (T, rows, cols, 3) uint8, read when a stage first needs them."""
        return read_clip(self.source, self.window, self.framing, progress=self.progress("read")).frames

    @cached_property
    def known(self):
        """Silhouettes that were given, on the canvas, by the number of the frame in the window."""
        return self.given.on_canvas(self.window, self.framing) if self.given else {}

    def predict(self):
        """The person, (T, h, w) float32."""
        views = self.settings.window_views
        laid = {"framing": self.framing, "start": self.window.start, "stop": self.window.stop}
        return self.workspace.arrays(
            "predict",
            {**laid, "views": views, **describe("factor", self.base.factor)},
            lambda: self.base.predict(self.frames, views=views, progress=self.progress("predict")),
        )

    def propagate(self, person):
        """Beliefs, (T, H, W) float16, and the Scene."""
        settings = self.settings

        def propagate():
            beliefs, scene = propagate_person(
                self.frames,
                person,
                settings=settings.seeds,
                scene=settings.scene,
                given=self.known,
                device=self.base.device,
                progress=self.progress("propagate"),
            )
            return {"beliefs": beliefs.astype(np.float16), "scene": scene.picture}

        kept = self.workspace.arrays(
            "propagate",
            {**asdict(settings.seeds), "scene": settings.scene, **describe("silhouettes", self.given)},
            propagate,
        )
        return kept["beliefs"], Scene(kept["scene"], settings.scene)

    def refine(self, beliefs):
        """Labels, (T, H, W) uint8, and the Colours of the window; None of none."""
        settings = self.settings.refine

        def refine():
            believed = beliefs.astype(np.float32)
            colours = learn_colours(self.frames, believed, settings=settings)
            labels = refine_silhouettes(
                self.frames,
                believed,
                colours,
                settings=settings,
                given=self.known,
                progress=self.progress("refine"),
            )
            return {"labels": labels, **(colours.arrays() if colours else {})}

        kept = self.workspace.arrays("refine", settings, refine)
        return kept["labels"], Colours.from_arrays(kept)

    def hold_out(self):
        """The frames that the verdict rests on, (T,) bool; never those of which the truth was given."""
        held = hold_out(len(self.window), self.settings.verdict)
        held[list(self.known)] = False
        return held

    def learn(self, labels, beliefs, held):
        """The personal network, and the Wardrobe of the parts that it was taught; None of none."""
        base, settings = self.base, self.settings
        used = learned_from(held, list(self.known), settings.learned)
        outputs = [PERSON, WARDROBE] if settings.teach.epochs else [PERSON]

        def learn(folder):
            network, worn = learn_silhouettes_and_parts(
                base.network,
                self.frames[used],
                labels[used],
                beliefs[used],
                settings,
                self.progress,
            )
            facts = {"source": self.source.name, "window": [self.window.start, self.window.stop]}
            save_person(network, folder / PERSON, base.digest, facts)
            if worn:
                save_arrays(folder / WARDROBE, worn._asdict())

        def load(folder):
            worn = Wardrobe(**load_arrays(folder / WARDROBE)) if settings.teach.epochs else None
            return load_person(folder / PERSON, base.network), worn

        return self.workspace.stage(
            "learn",
            {
                **asdict(settings.factor),
                "parts": settings.teach,
                "wardrobe": settings.wardrobe,
                "way": settings.way,
                "frames": used,
            },
            learn,
            outputs=outputs,
            load=load,
        )

    def judge(self, labels, held, personal):
        """The verdict on the personal network, which the manifest tells, too."""
        generic = self.base.network
        evidence = self.workspace.arrays(
            "judge",
            {},
            lambda: judge(
                self.frames, labels, held, generic, personal, progress=self.progress("judge")
            ),
        )
        verdict = reach_verdict(evidence, held, settings=self.settings.verdict)
        self.workspace.tell("verdict", {**verdict.describe(), "settings": self.settings.verdict})
        return verdict


def learned_from(held, given, most):
    """Choose the frames to learn from.

    Parameters
    ----------
    held : (T,) bool array
        Frames that nothing is learned from.
    given : list of int
        Frames of which the silhouettes were given: all are chosen.
    most : int
        At most so many of the others are, evenly spread.

    Returns
    -------
    (N,) int array
        Ascending.
    """
    others = np.setdiff1d(np.flatnonzero(~held), given)
    return np.union1d(others[spread(len(others), most)], given).astype(int)


def remedy(source, window, settings):
    """Return what a user may do about a window that shows nobody."""
    if settings.size != AUTO:
        return "leave out --size, so that it fits the person, or give a few silhouettes with --silhouettes"
    if len(window) < source.frame_count:
        return "choose another window with --centre, or give a few silhouettes with --silhouettes"
    return "give a few silhouettes with --silhouettes, or a video in which the person is larger"


def describe(name, brought):
    """Return what a stage's settings say of what the user brought: nothing, if nothing was."""
    return {name: brought.describe()} if brought else {}
