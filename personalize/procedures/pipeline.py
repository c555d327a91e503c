"""Personalize one video (Charles et al., BMVC 2017, section 4.4): look, learn, parse, report.

Every stage leaves its result in the run folder; a second run with the same
input and settings finds it there and goes on behind it.
"""

from dataclasses import asdict

from personalize.imaging.framing import Framing, fit_frame
from personalize.media.clip import Sized, spread_frames
from personalize.media.given_silhouettes import check_apart
from personalize.network.checkpoints import digest
from personalize.output.export import write_parsing
from personalize.procedures.compare import write_comparison
from personalize.procedures.lesson import describe, learn_person, silent
from personalize.report.page import write_report
from personalize.settings import AUTO
from personalize.stages.locate import aim_person
from personalize.stages.window import choose_window
from personalize.storage.layout import COMPARISON, PARSED, REPORT, SILHOUETTES
from personalize.storage.workspace import Workspace

PARSE = "parse"
"""The stage that leaves what a user takes away."""


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
    check_apart(given, root)
    window = choose_window(source.frame_count, length=settings.window, centre=settings.centre)
    workspace = open_run(root, source, base, settings)
    framing = frame_person(source, workspace, base.network, settings, progress)
    lesson = learn_person(source, window, framing, workspace, base, settings, progress, given)
    network, appearance = lesson.kept
    parse_stage(
        workspace,
        source,
        framing,
        network,
        settings,
        progress,
        given=given,
        appearance=appearance,
        kept=lesson.verdict.kept,
    )
    report_stage(
        workspace,
        lambda folder: write_comparison(
            folder,
            source,
            framing,
            (lesson.generic, network),
            person=None if base.factor else lesson.person,
            window=window,
            silhouettes=workspace.root / SILHOUETTES,
            settings=settings,
            appearance=appearance,
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
    check_apart(given, root)
    facts = {"weights": digest(network.state_dict())}
    notes = {"device": device_of(network)}
    workspace = Workspace.open(root, source=source, facts=facts, purpose="parse", notes=notes)
    framing = frame_person(source, workspace, network, settings, progress)
    parse_stage(workspace, source, framing, network, settings, progress, given=given)
    report_stage(workspace)
    return workspace


def parse_stage(
    workspace, source, framing, network, settings, progress, *, given, appearance=None, kept=None
):
    """Parse every frame of a video into a run folder."""
    looks = {"views": settings.views, "joints": settings.joints, "smooth": settings.smooth, "overlay": settings.overlay}
    workspace.stage(
        PARSE,
        {"framing": framing, "fps": source.fps, **looks, "kept": kept, **describe("silhouettes", given)},
        lambda folder: write_parsing(
            folder,
            source,
            framing,
            network,
            settings,
            given=given,
            appearance=appearance,
            progress=progress("parse"),
        ),
        outputs=PARSED,
        resumable=True,
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


def open_run(root, source, base, settings, *, spares=()):
    """Open the run folder of a source, bound to the base weights and the seed; `spares` as for `Workspace`."""
    facts = {"base": base.digest, "seed": settings.seed}
    notes = {"device": device_of(base.network)}
    return Workspace.open(root, source=source, facts=facts, notes=notes, spares=spares)


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
        return first_look(source, network, settings)
    framing = workspace.arrays(
        "aim", settings.aim, lambda: asdict(first_look(source, network, settings, progress))
    )
    return Framing(**{name: value.item() for name, value in framing.items()})


def first_look(source, network, settings, progress=silent):
    """Return the Framing that `frame_person` keeps; nothing is written."""
    if settings.size != AUTO:
        return fit_frame(source.height, source.width, settings.size)
    wanted = spread_frames(source.frame_count, settings.aim.looks)
    frames = list(progress("aim")(Sized(source.pick(wanted), len(wanted))))
    return aim_person(network, frames, settings=settings.aim)


def device_of(network):
    """Return the name of the device that a network is on."""
    return str(next(network.parameters()).device)
