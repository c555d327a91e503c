"""`personalize parse`: parse a video with a person learned before, or with the generic network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from personalize.commands.export import export_run
from personalize.commands.foresight import expect, forecast_dry, give_dry, learn_speed
from personalize.commands.groups import Computing, Opening, Sharing
from personalize.commands.help import command
from personalize.commands.loading import (
    check_inputs,
    describe_request,
    load_base,
    open_pieces,
    open_silhouettes,
    open_video,
)
from personalize.commands.options import (
    dry_option,
    export_option,
    joint_options,
    network_options,
    numbers_option,
    overlay_option,
    person_options,
    piece_options,
    silhouette_options,
    source_options,
)
from personalize.commands.parameter_types import FILE
from personalize.commands.run import note, recall
from personalize.commands.run_settings import run_settings
from personalize.commands.terminal import report_run, stage_bars
from personalize.commands.window import place_settings
from personalize.exports.formats import check_formats


@command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option(
    "--person",
    type=FILE,
    help="A person.safetensors of an earlier run; without it the generic network parses.",
)
@dry_option
@numbers_option
@overlay_option
@person_options
@silhouette_options
@joint_options
@network_options
@source_options
@export_option
@piece_options
def parse(
    source: Path,
    out: Path,
    person: Path | None,
    dry_run: bool,
    report: Path | None,
    silhouettes: Path | None,
    computing: Computing,
    opening: Opening,
    export: tuple[str, ...],
    sharing: Sharing,
    **numbers: Any,
) -> None:
    """Parse SOURCE with a person learned before, or with the generic network."""
    check_formats(export)
    settings = run_settings(**numbers)
    check_inputs(source, opening, computing, person=person)
    exporting: dict[str, Any] = {"video": source, "weights": computing.weights, "person": person}
    asked = describe_request(
        "parse",
        source,
        settings,
        silhouettes=silhouettes,
        person=person,
        **vars(opening),
        **vars(computing),
    )
    done = None if dry_run else recall(out, asked)
    if done:
        report_run(done, report)
        export_run(out, export, **exporting)
        return
    pieces = None if dry_run else open_pieces(sharing, computing.device)
    with stage_bars() as progress:
        video = open_video(source, progress, opening)
        placed = place_settings(settings, {}, video)
        with progress.during("load"):
            from personalize.network.checkpoints import load_person
            from personalize.procedures import parsing

            base = load_base(**vars(computing))
            network = load_person(person, base.network) if person else base.network
        if dry_run:
            dry = forecast_dry(progress, video, base, placed, learns=False)
        else:
            given = open_silhouettes(silhouettes, video, progress)
            forecast = expect(progress, video, base, placed, learns=False)
            workspace = parsing.parse(
                video,
                out,
                network,
                placed,
                given=given,
                engines=base.engines,
                pieces=pieces,
                progress=progress,
            )
            learn_speed(base, forecast, workspace)
    if dry_run:
        give_dry(dry, report)
        return
    note(workspace, asked, settings)
    report_run(workspace, report)
    export_run(out, export, **exporting)
