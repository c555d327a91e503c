"""`personalize export`: a finished run in the formats of other programs."""

from pathlib import Path
from typing import Any

import click

from personalize.commands.given import GIVEN
from personalize.commands.help import command
from personalize.commands.options import numbers_option, weights_option
from personalize.commands.parameter_types import FILE
from personalize.commands.terminal import give_report, stage_bars, tell
from personalize.exports.formats import FORMATS, check_formats
from personalize.exports.settings import CODECS, ExportSettings

DEFAULT = ExportSettings()
LISTED = "\n\n\b\n" + "\n".join(f"{name:<12} {kind.what}" for name, kind in FORMATS.items())


@command(
    help="Write the finished run in SOURCE in the formats of other programs. With --to onnx,"
    f" SOURCE may be a .safetensors file, too. The formats are{LISTED}"
)
@click.argument("source", type=GIVEN)
@click.option(
    "--to",
    type=click.Choice(list(FORMATS)),
    multiple=True,
    required=True,
    metavar="FORMAT",
    help="A format; may be given several times.",
)
@click.option("--out", type=FILE, help="Gets a folder for every format; by default SOURCE/exports.")
@click.option("--video", type=GIVEN, help="The video of the run, if it is no longer where it was.")
@click.option(
    "--background",
    default=DEFAULT.background,
    help="Behind a cutout: transparent, blur, or a colour such as #00ff00.",
)
@click.option(
    "--codec",
    type=click.Choice(CODECS),
    default=DEFAULT.codec,
    help="Of a transparent cutout: vp9 for browsers, prores for editors.",
)
@click.option("--images", is_flag=True, help="Write the frames, too, beside coco and yolo.")
@weights_option
@click.option(
    "--person", type=GIVEN, help="The person that SOURCE was parsed with, for onnx of a parse."
)
@numbers_option
def export(
    source: Path,
    to: tuple[str, ...],
    out: Path | None,
    video: Path | None,
    background: str,
    codec: str,
    images: bool,
    weights: Path | None,
    person: Path | None,
    report: Path | None,
) -> None:
    settings = ExportSettings(background=background, codec=codec, images=images)
    check_formats(to)
    if source.is_file():
        from personalize.procedures.export import check_network_only
        from personalize.procedures.export_network import export_network

        check_network_only(to)
        folders = [export_network(source, out=out, weights=weights)]
    else:
        folders = write_formats(
            source,
            to,
            out=out,
            video=video,
            weights=weights,
            person=person,
            settings=settings,
        )
    give_report(dict(zip(to, folders)), "\n".join(map(str, folders)), report)


def export_run(folder: Path, formats: tuple[str, ...], **options: Any) -> None:
    """Export a run that has just ended, and report where the files are.

    Parameters
    ----------
    folder : Path
        Of the run.
    formats : tuple of str
        None is an export of nothing.
    **options
        As for `procedures.export.export`.
    """
    if formats:
        for path in write_formats(folder, formats, **options):
            tell(str(path))


def write_formats(folder: Path, formats: tuple[str, ...], **options: Any) -> list[Path]:
    """Export a run folder, with bars.

    Parameters
    ----------
    folder : Path
        Of the run.
    formats : tuple of str
    **options
        As for `procedures.export.export`.

    Returns
    -------
    list of Path
        The folder of each format.
    """
    from personalize.output.finished import read_run

    done = read_run(folder)  # before what is heavy is loaded
    from personalize.procedures.export import export as write

    with stage_bars() as progress:
        return write(done, formats, progress=progress, **options)
