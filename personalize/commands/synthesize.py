"""`personalize synthesize`: rendered people and videos with their truth."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from personalize.commands.given import GIVEN
from personalize.commands.groups import grouped
from personalize.commands.help import group
from personalize.commands.options import numbers_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars
from personalize.synthesis.difficulties import DIFFICULTIES
from personalize.synthesis.settings import AssetFolders, FilmSettings, SynthesisSettings

SHARE = click.FloatRange(0, 1)
PEOPLE = SynthesisSettings()
FILM = FilmSettings()


@group()
def synthesize() -> None:
    """Render people with their truth; needs the extra `synthetic`."""


asset_options = grouped(
    "assets",
    AssetFolders,
    click.option("--garments", type=GIVEN, help="MakeHuman garments, shoes and hair."),
    click.option("--motion", type=GIVEN, help="Recorded motion: BVH, ASF with AMC, DeepMimic."),
    click.option("--backgrounds", type=GIVEN, help="Photographs without people."),
    click.option("--panoramas", type=GIVEN, help="Panoramas in OpenEXR."),
    click.option("--skins", type=GIVEN, help="Skin pictures of the hm08 base mesh."),
)

picture_options = grouped(
    "settings",
    SynthesisSettings,
    click.option("--size", type=click.IntRange(32), default=320, help="Side of the pictures."),
    click.option("--seed", type=click.IntRange(0), default=0),
    click.option(
        "--skirts",
        "skirt_share",
        type=SHARE,
        default=PEOPLE.skirt_share,
        help="Share of the people in a skirt or a dress.",
    ),
    click.option(
        "--all-round",
        "all_round_share",
        type=SHARE,
        default=PEOPLE.all_round_share,
        help="Share of the people seen from anywhere around, a third of them from behind; the rest "
        "mostly face the camera.",
    ),
    click.option(
        "--headwear",
        "headwear_share",
        type=SHARE,
        default=PEOPLE.headwear_share,
        help="Share of the people with hair down the back or put up, hats, hoods, collars.",
    ),
    click.option(
        "--raised",
        "raised_share",
        type=SHARE,
        default=PEOPLE.raised_share,
        help="Share of the people with hands at the head or above it.",
    ),
    click.option(
        "--touching",
        "touching_share",
        type=SHARE,
        default=PEOPLE.touching_share,
        help="Share of the people who hold or touch a thing, which is background.",
    ),
)


@synthesize.command("people")
@click.option(
    "--out", type=FILE, required=True, help="Folder of the set; completed if it is there."
)
@click.option("--count", type=click.IntRange(1), required=True, help="Pictures to have in the end.")
@picture_options
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes, of one core each.")
@asset_options
@numbers_option
def synthesize_people(
    out: Path,
    count: int,
    settings: SynthesisSettings,
    workers: int,
    assets: AssetFolders,
    report: Path | None,
) -> None:
    """Render people to train on: pictures, 31 parts, joints, and backgrounds."""
    from personalize.media.images import write_image
    from personalize.synthesis.dataset import contact_sheet
    from personalize.synthesis.dataset import synthesize_people as render
    from personalize.synthesis.layout import finished_people

    with stage_bars() as progress:
        render(
            out,
            count=count,
            settings=settings,
            assets=assets,
            workers=workers,
            progress=progress("render"),
        )
    sheet = out / "contact_sheet.png"
    write_image(sheet, contact_sheet(out))
    numbers = {"folder": out, "pictures": len(finished_people(out)), "contact_sheet": sheet}
    give_report(numbers, str(sheet), report)


@synthesize.command("video")
@click.option("--out", type=FILE, required=True, help="Folder of clip.mp4 and its truth.")
@click.option("--frames", type=click.IntRange(1), default=301)
@click.option("--seed", type=click.IntRange(0), default=0)
@click.option(
    "--pan", type=click.FloatRange(0), default=0.0, help="Pixels that the camera turns to and fro."
)
@click.option(
    "--camouflage",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="How much the clothes look like what is behind.",
)
@click.option(
    "--exposure", type=click.FloatRange(0, min_open=True), default=1.0, help="1 is well lit."
)
@click.option("--noise", type=click.FloatRange(0), default=2.0, help="Grey levels.")
@click.option(
    "--parts", "keep_parts", is_flag=True, help="Write the part labels of every frame too."
)
@click.option(
    "--difficulty",
    type=click.Choice(list(DIFFICULTIES)),
    help="A film of somebody who is difficult to follow, instead of one who talks.",
)
@click.option(
    "--heads",
    type=(click.FloatRange(0, min_open=True), click.FloatRange(0, min_open=True)),
    metavar="LEAST GREATEST",
    help="With --difficulty: pixels of the head, side of a square of its area.",
)
@click.option("--width", type=click.IntRange(32), default=FILM.width)
@click.option("--height", type=click.IntRange(32), default=FILM.height)
@click.option("--fps", type=click.FloatRange(0, min_open=True), default=FILM.frames_per_second)
@asset_options
@numbers_option
def synthesize_video(
    out: Path,
    keep_parts: bool,
    fps: float,
    assets: AssetFolders,
    report: Path | None,
    **numbers: Any,
) -> None:
    """Render a video of one person who moves, with the truth of every frame."""
    from personalize.synthesis.films import synthesize_video as render

    settings = FilmSettings(frames_per_second=fps, **numbers)
    with stage_bars() as progress:
        render(
            out,
            settings=settings,
            people=SynthesisSettings(dressed_share=1.0),  # in garments, where there are any
            assets=assets,
            keep_parts=keep_parts,
            progress=progress("render"),
        )
    results = {"folder": out, "video": out / "clip.mp4", "settings": asdict(settings)}
    give_report(results, str(out / "clip.mp4"), report)
