"""`personalize config`: all settings, and those of a finished run, as a file."""

from __future__ import annotations

from pathlib import Path

import click

from personalize.commands.help import command
from personalize.commands.parameter_types import FILE
from personalize.commands.settings_file import settings_of, write_settings
from personalize.errors import WorkspaceError
from personalize.settings import RunSettings


@command()
@click.option(
    "--from",
    "folder",
    type=FILE,
    help="Folder of a finished run, whose settings are printed; without it those that hold when "
    "nothing is said.",
)
def config(folder: Path | None) -> None:
    """Print all settings as TOML, with what each means; `--config FILE` takes them."""
    settings = settings_of_run(folder) if folder else RunSettings()
    click.echo(write_settings(settings))


def settings_of_run(folder: Path) -> RunSettings:
    """Return the settings of a finished run."""
    from personalize.storage.asked import ASKED
    from personalize.storage.manifest import read_manifest

    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise WorkspaceError(f"{folder}: holds no run; give the folder of a finished one")
    noted = manifest.get(ASKED)
    if not isinstance(noted, dict) or not isinstance(noted.get("settings"), dict):
        raise WorkspaceError(
            f"{folder}: has no settings of its run, since it was stopped or an earlier "
            "version made it; run it again"
        )
    return settings_of(noted["settings"], str(folder))
