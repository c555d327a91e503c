"""`personalize parse`: parse a video with a person who was learned before, or with nobody in
particular."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from personalize.commands.opening import load_base, open_silhouettes, open_video
from personalize.commands.options import (
    FILE,
    joint_options,
    network_options,
    parse_settings,
    person_options,
    silhouette_options,
    source_options,
)
from personalize.commands.terminal import report_run, stage_bars


@click.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder of the results.")
@click.option(
    "--person",
    type=FILE,
    help="A person.safetensors of an earlier run; without it the generic network parses.",
)
@person_options
@silhouette_options
@joint_options
@network_options
@source_options
def parse(
    source: Path,
    out: Path,
    person: Path | None,
    person_at: tuple[tuple[int, float, float], ...],
    silhouettes: Path | None,
    weights: Path | None,
    device: str,
    engine: str,
    partial: bool,
    fps: float | None,
    **parsing: Any,
) -> None:
    """Parse SOURCE with a person learned before, or with nobody in particular."""
    from personalize.network.checkpoints import load_person
    from personalize.procedures import pipeline

    base = load_base(weights, device, engine=engine)
    network = load_person(person, base.network) if person else base.network
    with stage_bars() as progress:
        video = open_video(source, progress, partial=partial, fps=fps)
        given = open_silhouettes(silhouettes, video, progress)
        workspace = pipeline.parse(
            video,
            out,
            network,
            replace(parse_settings(**parsing), person_at=person_at),
            given=given,
            engines=base.engines,
            progress=progress,
        )
    report_run(workspace)
