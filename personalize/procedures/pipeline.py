"""Personalize one video (Charles et al., BMVC 2017, section 4.4).

Choose the window; read it; predict the person; keep confident seeds and propagate them; refine;
fine-tune the factor; judge; parse every frame; report. Every stage stores its result in the run
folder. A second run with the same input and settings finds the results and continues after them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from personalize.adaptation.base import Base
from personalize.adaptation.blend import with_modules
from personalize.adaptation.person import learn_silhouettes_and_parts, learned_from
from personalize.adaptation.record import Adaptation, parser_kept
from personalize.adaptation.teacher import Teacher
from personalize.datasets.video_landmarks import VideoLandmarks
from personalize.errors import NobodyFoundError
from personalize.evidence.part_colours import PartColours
from personalize.evidence.still_scene import Scene
from personalize.evidence.window_colours import Colours, learn_colours
from personalize.imaging.track import Track
from personalize.media.clip import read_clip
from personalize.media.given_silhouettes import GivenSilhouettes, check_apart
from personalize.media.source import Source
from personalize.network.checkpoints import load_person, save_person
from personalize.network.engines.stored import FeatureStore
from personalize.network.factored import FactoredNetwork
from personalize.procedures.compare import write_comparison
from personalize.procedures.parsing import described, write_frames, write_page
from personalize.procedures.pieces import Pieces
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import open_run
from personalize.procedures.tracking import track_person
from personalize.procedures.window import remedy, window_of
from personalize.settings import RunSettings
from personalize.stages.appearance import Appearance
from personalize.stages.judge import gather_evidence, hold_out
from personalize.stages.parse import Parser
from personalize.stages.propagate import propagate_person
from personalize.stages.refine import refine_silhouettes
from personalize.stages.verdict import LEARNER, Verdict, reach_verdict
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.layout import (
    LEARNED,
    PART_COLOURS,
    PERSON,
    SILHOUETTES,
)
from personalize.storage.workspace import Workspace
from personalize.types import (
    MODULES,
    Array,
    Frames,
    Labels,
    Map,
    Mask,
    PathLike,
    Progress,
    Window,
)


def run(
    source: Source,
    root: PathLike,
    base: Base,
    settings: RunSettings,
    *,
    given: GivenSilhouettes | None = None,
    teacher: VideoLandmarks | None = None,
    pieces: Pieces | None = None,
    progress: Progress = silent,
) -> Workspace:
    """Learn the person of a video and parse all of it with the network that is kept.

    Parameters
    ----------
    source : Source
        From `video.open_source`.
    root : path-like
        The run folder; made, or continued.
    base : Base
    settings : RunSettings
    given : GivenSilhouettes, optional
        True labels of some frames; they are injected in these frames, too.
    teacher : VideoLandmarks, optional
        Landmarks of a pose estimator, from which parts are learned.
    pieces : Pieces, optional
        Parses the video in pieces on several machines; results are the same.
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's sequence.

    Returns
    -------
    Workspace
        The finished run folder.
    """
    check_apart(given, root)
    workspace = open_run(root, source, base, settings)
    track = track_person(source, workspace, base.engine, settings, progress)
    learned = learn_person(source, track, workspace, base, settings, progress, given, teacher)
    write_frames(
        workspace,
        source,
        learned.kept,
        settings,
        progress,
        given=given,
        kept=learned.verdict.kept_modules,
        pieces=pieces,
    )
    write_page(
        workspace,
        source,
        track,
        settings,
        lambda folder: write_comparison(
            folder,
            source,
            (learned.generic, learned.kept),
            person=None if base.factor else learned.person,
            window=window_of(source, track, settings),
            silhouettes=workspace.root / SILHOUETTES,
            settings=settings,
            progress=progress("report"),
        ),
    )
    return workspace


def learn_person(
    source: Source,
    track: Track,
    workspace: Workspace,
    base: Base,
    settings: RunSettings,
    progress: Progress = silent,
    given: GivenSilhouettes | None = None,
    teacher: VideoLandmarks | None = None,
) -> Adaptation:
    """Run the stages from the window to the verdict on the personal network.

    Parameters
    ----------
    source : Source
    track : Track
    workspace : Workspace
        Stores the result of every stage.
    base : Base
    settings : RunSettings
    progress : callable
    given : GivenSilhouettes, optional
    teacher : VideoLandmarks, optional
        As for `run`.

    Returns
    -------
    Adaptation

    Raises
    ------
    NobodyFoundError
        If the window shows nobody to learn.
    """
    if track.shows_nobody and not given:
        raise NobodyFoundError(
            f"{source.name}: nobody was found: nothing that was looked at is built like a person; "
            "point at them with --person-at FRAME,X,Y, or give a few silhouettes with "
            "--silhouettes"
        )
    window = window_of(source, track, settings)
    workspace.note("window", window.moved(source.first).describe())
    given = given and given.within(window)
    taught_by = Teacher.of(teacher, window, track, settings.teacher) if teacher else None
    store = FeatureStore(workspace.root)
    storing = replace(base, engines=base.engines.storing(store, add=True))
    base = replace(base, engines=base.engines.storing(store))
    stages = Stages(source, window, track, workspace, base, settings, progress, given, taught_by)
    try:
        person = stages.predict(storing)
        beliefs, scene = stages.propagate(person)
        labels, colours = stages.refine(beliefs)
        held = stages.hold_out()
        network, worn = stages.learn(labels, beliefs, held)
    except NobodyFoundError as error:  # stages know arrays, but not the name of the video
        raise NobodyFoundError(
            f"{source.name}: {error}; {remedy(source, window, settings)}"
        ) from error
    appearance = Appearance(colours, worn, scene, settings.refine, settings.part_colours)
    verdict = stages.judge(labels, held, network, appearance)
    generic = Parser(base.engine, track, settings.parse, workers=settings.workers)
    personal = replace(generic, network=base.engines.of(network), appearance=appearance)
    kept = stages.keep(verdict, network)
    return Adaptation(
        person,
        beliefs,
        labels,
        generic=generic,
        personal=personal,
        kept=parser_kept(verdict, generic, personal, base.engines.of(kept)),
        verdict=verdict,
    )


@dataclass(frozen=True, eq=False)
class Stages:
    """The stages of one window, in the order of the methods. The run folder stores each result."""

    source: Source
    window: Window
    track: Track
    workspace: Workspace
    base: Base
    settings: RunSettings
    progress: Callable
    given: GivenSilhouettes | None
    teacher: Teacher | None = None

    @cached_property
    def frames(self) -> Frames:
        """Frames on the canvas, (T, rows, cols, 3) uint8; read when a stage first needs them."""
        return read_clip(
            self.source, self.window, self.track, progress=self.progress("read")
        ).frames

    @cached_property
    def known(self) -> dict[int, Mask]:
        """Silhouettes that were given, on the canvas, by the number of the frame in the window."""
        return self.given.on_canvas(self.window, self.track) if self.given else {}

    @cached_property
    def breaks(self) -> list[int]:
        """Indices in the window at which a new stretch or shot begins."""
        cuts = [cut for cut in self.track.cuts.tolist() if cut in self.window]
        return sorted({*self.window.borders, *self.window.places(cuts).tolist()} - {0})

    def predict(self, base: Base) -> Map:
        """Return the probability of the person in every cell, (T, h, w) float32.

        Parameters
        ----------
        base : Base
            Whose engine stores the features of the frames for later stages.
        """
        views = self.settings.window_views
        return self.workspace.arrays(
            "predict",
            {
                "track": self.track.describe(),
                "frames": self.window.describe(),
                "views": views,
                "factor": described(self.base.factor),
            },
            lambda: base.predict(
                self.frames,
                views=views,
                workers=self.settings.workers,
                progress=self.progress("predict"),
            ),
        )

    def propagate(self, person: Map) -> tuple[Array, Scene]:
        """Return the beliefs after propagation, (T, H, W) float16, and the still scene."""
        settings = self.settings

        def propagate():
            beliefs, scene = propagate_person(
                self.frames,
                person,
                settings=settings.seeds,
                scene=settings.still_scene,
                given=self.known,
                breaks=self.breaks,
                device=self.base.device,
                workers=settings.workers,
                progress=self.progress("propagate"),
            )
            return {"beliefs": beliefs.astype(np.float16), "scene": scene.picture}

        kept = self.workspace.arrays(
            "propagate",
            {
                "seeds": settings.seeds,
                "scene": settings.still_scene,
                "silhouettes": described(self.given),
            },
            propagate,
        )
        return kept["beliefs"], Scene(kept["scene"], settings.still_scene)

    def refine(self, beliefs: Array) -> tuple[Labels, Colours | None]:
        """Return labels, (T, H, W) uint8, and the colours of the window, None if it has none."""
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
                workers=self.settings.workers,
                progress=self.progress("refine"),
            )
            return {"labels": labels, **(colours.arrays() if colours else {})}

        kept = self.workspace.arrays("refine", settings, refine)
        return kept["labels"], Colours.from_arrays(kept)

    def hold_out(self) -> Mask:
        """Return the frames to judge on, (T,) bool; frames with a given silhouette are not."""
        held = hold_out(len(self.window), self.settings.verdict)
        held[list(self.known)] = False
        return held

    def learn(
        self, labels: Labels, beliefs: Array, held: Mask
    ) -> tuple[FactoredNetwork, PartColours | None]:
        """Fine-tune the network on the labels of the frames that are not held out.

        Parameters
        ----------
        labels : (T, H, W) uint8 array
            1 person, 0 background, 255 unlabelled.
        beliefs : (T, H, W) float array
            Probability of the person.
        held : (T,) bool array
            Frames that are not learned from.

        Returns
        -------
        network : FactoredNetwork
            The personal network.
        worn : PartColours or None
            Colours of the parts that self-training found; None without self-training.
        """
        base, settings, teacher = self.base, self.settings, self.teacher
        used = learned_from(
            held, list(self.known), settings.learned, list(teacher.points) if teacher else []
        )
        if teacher:
            settings = replace(settings, way=settings.teacher.way)
        else:
            self.workspace.note("teacher", None)  # removes that of an earlier run

        def learn(folder) -> None:
            network, worn = learn_silhouettes_and_parts(
                base.network,
                self.frames[used],
                labels[used],
                beliefs[used],
                settings,
                self.progress,
                base.engines,
                teach=lambda parts: self._taught(parts, used, labels[used]),
            )
            save_person(network, folder / LEARNED, base.network, {})
            if worn:
                save_arrays(folder / PART_COLOURS, worn._asdict())

        def load(folder):
            worn = (
                PartColours(**load_arrays(folder / PART_COLOURS))
                if settings.self_training.epochs
                else None
            )
            return load_person(folder / LEARNED, base.network), worn

        names = ("factor", "self_training", "part_colours", "way")
        return self.workspace.stage(
            "learn",
            {
                "frames": used,
                "teacher": described(teacher),
                "adaptation": {name: getattr(settings, name) for name in names},
            },
            learn,
            outputs=[LEARNED, PART_COLOURS] if settings.self_training.epochs else [LEARNED],
            load=load,
        )

    def _taught(self, parts: Map, used: Array, labels: Labels) -> Map:
        """Return the parts to learn in the frames `used`: pseudo-labels, or those of a teacher."""
        if self.teacher is None:
            return parts
        parts, taught = self.teacher.teach(parts, used, labels)
        counted = {"frames": len(used), "taught": int(taught.sum())}
        self.workspace.note("teacher", {**self.teacher.describe(), **counted})
        return parts

    def judge(
        self, labels: Labels, held: Mask, learned: FactoredNetwork, appearance: Appearance
    ) -> Verdict:
        """Judge the modules that have learned, and write the verdict to the manifest.

        Parameters
        ----------
        labels : (T, H, W) uint8 array
            1 person, 0 background, 255 unlabelled.
        held : (T,) bool array
            The frames to judge on.
        learned : FactoredNetwork
            The personal network.
        appearance : Appearance
            Colours of the person, used by the personal network.

        Returns
        -------
        Verdict
        """
        base, settings = self.base, self.settings.verdict

        def gather() -> dict[str, Array]:
            steps = (
                base.network,
                with_modules(base.network, learned, [LEARNER["silhouettes"]]),
                learned,
            )
            return gather_evidence(
                self.frames,
                labels,
                held,
                [base.engines.of(network) for network in steps],
                appearance,
                scales=self.track.scales(self.window.numbers),
                breaks=self.breaks,
                landmarks=self.teacher.points if self.teacher else {},
                workers=self.settings.workers,
                progress=self.progress("judge"),
            )

        evidence = self.workspace.arrays("judge", {"held": np.flatnonzero(held)}, gather)
        verdict = reach_verdict(
            evidence,
            int(held.sum()),
            learned=MODULES if self.settings.self_training.epochs else MODULES[:1],
            given=bool(self.known),
            settings=settings,
        )
        self.workspace.note("verdict", {**verdict.describe(), "settings": settings})
        return verdict

    def keep(self, verdict: Verdict, learned: FactoredNetwork) -> FactoredNetwork:
        """Write the modules that are kept to the person file, and return the network with them.

        Parameters
        ----------
        verdict : Verdict
        learned : FactoredNetwork
            The personal network.

        Returns
        -------
        FactoredNetwork
            The generic network with the modules that the verdict keeps.
        """
        base = self.base.network
        kept = with_modules(base, learned, [LEARNER[module] for module in verdict.kept_modules])
        facts = {
            "source": self.source.name,
            "window": self.window.moved(self.source.first).describe(),
        }
        self.workspace.stage(
            "keep",
            {"modules": verdict.kept_modules},
            lambda folder: save_person(kept, folder / PERSON, base, facts),
            outputs=[PERSON],
        )
        return kept
