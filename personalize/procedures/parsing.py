"""Parse every frame of a video into a run folder, and write its report.

What is parsed with is a network as it is (`parse`), or what `pipeline` has learned of the person.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from personalize.imaging.track import Track
from personalize.media.given_silhouettes import GivenSilhouettes, check_apart
from personalize.media.source import Source
from personalize.network.checkpoints import digest
from personalize.network.engines.choose import REFERENCE, Engines
from personalize.network.factored import FactoredNetwork
from personalize.output.export import write_parsing
from personalize.output.finished import FinishedRun
from personalize.procedures.chosen import write_choice
from personalize.procedures.compare import write_pictures
from personalize.procedures.pieces import Job, Pieces, parse_in_pieces
from personalize.procedures.progress import silent
from personalize.procedures.run_folder import notes_of
from personalize.procedures.tracking import track_person
from personalize.procedures.warn import ALARMS, warn
from personalize.report.page import write_report
from personalize.settings import AUTO, RunSettings
from personalize.stages.parse import Parser
from personalize.storage.layout import COMPARISON, REPORT, parsed_outputs
from personalize.storage.workspace import Described, Workspace
from personalize.types import Json, PathLike, Progress

PARSE = "parse"
"""The stage that writes the results for the user."""


def parse(
    source: Source,
    root: PathLike,
    network: FactoredNetwork,
    settings: RunSettings,
    *,
    given: GivenSilhouettes | None = None,
    engines: Engines = REFERENCE,
    pieces: Pieces | None = None,
    progress: Progress = silent,
) -> Workspace:
    """Parse a video with a network as it is, generic or personal.

    Parameters
    ----------
    source, root, settings, given, pieces, progress
        As for `run`.
    network : FactoredNetwork
    engines : Engines
        What makes the engine that looks for it.

    Returns
    -------
    Workspace
    """
    check_apart(given, root)
    facts = {"weights": digest(network.state_dict()), "engine": engines.name}
    notes, engine = notes_of(source, network.device), engines.of(network)
    workspace = Workspace.open(root, source=source, facts=facts, purpose="parse", notes=notes)
    track = track_person(source, workspace, engine, settings, progress)
    parser = Parser(engine, track, settings.parse, workers=settings.workers)
    write_frames(workspace, source, parser, settings, progress, given=given, pieces=pieces)
    done = FinishedRun(workspace.root, workspace.manifest)
    write_page(
        workspace,
        source,
        track,
        settings,
        lambda folder: write_pictures(folder, source, done, settings=settings.overlay),
    )
    return workspace


def write_frames(
    workspace: Workspace,
    source: Source,
    parser: Parser,
    settings: RunSettings,
    progress: Progress,
    *,
    given: GivenSilhouettes | None = None,
    kept: Sequence[str] | None = None,
    pieces: Pieces | None = None,
) -> None:
    """Parse every frame of a video into a run folder.

    Parameters
    ----------
    workspace : Workspace
    source : Source
    parser : Parser
    settings : RunSettings
    progress : callable
        ``progress(stage)`` returns the wrapper of that stage's loop.
    given : GivenSilhouettes, optional
        Injected, and kept as they are.
    kept : sequence of str, optional
        The modules that the verdict kept, where there is one.
    pieces : Pieces, optional
        How frames are parsed in pieces, on several machines; results are the same.
    """

    def produce(folder: Path) -> None:
        if pieces:
            job = Job(folder.absolute(), source, parser, given)
            parse_in_pieces(job, pieces, progress=progress("pieces"))
        write_parsing(folder, source, parser, settings, given=given, progress=progress("parse"))

    workspace.stage(
        PARSE,
        {
            "track": parser.track.describe(),
            "fps": source.fps,
            "kept": kept,
            "silhouettes": described(given),
            "outputs": {name: getattr(settings, name) for name in ("parse", "smooth", "overlay")},
        },
        produce,
        outputs=parsed_outputs(settings.overlay.style),
        resumable=True,
    )


def write_page(
    workspace: Workspace,
    source: Source,
    track: Track | None,
    settings: RunSettings,
    draw: Callable[[Path], object],
) -> None:
    """Record the alarms of a run, and write its report.

    Parameters
    ----------
    workspace : Workspace
    source : Source
    track : Track or None
        None where no video was looked through to find the person.
    settings : RunSettings
    draw : callable
        ``draw(folder)`` draws the pictures of what was found.
    """
    warn(workspace, PARSE, workers=settings.workers)
    manifest = workspace.manifest

    def produce(folder):
        draw(folder / COMPARISON)
        if track is not None and settings.size == AUTO:  # else nobody was looked for
            write_choice(folder / COMPARISON, source, track, settings.person_at)
        write_report(folder / REPORT, workspace.root, manifest, comparison=folder / COMPARISON)

    workspace.stage(
        "report",
        {
            "name": manifest["source"]["name"],
            "verdict": manifest.get("verdict"),
            "alarms": manifest[ALARMS],
        },
        produce,
        outputs=[REPORT, COMPARISON],
    )


def described(brought: Described | None) -> Json | None:
    """Return the description of what the user brought, for the key of a stage; None of nothing."""
    return brought.describe() if brought else None
