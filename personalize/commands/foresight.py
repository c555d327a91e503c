"""What a command forecasts of a run: seconds and disk, by the measured speed of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize.commands.terminal import give_report, table_of, tell
from personalize.commands.watch import Watch, spell
from personalize.commands.window import spell_window
from personalize.settings import RunSettings

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.media.source import Source
    from personalize.storage.workspace import Workspace
    from personalize.types import Json

NO_WORK = ("open",)
"""Stages that are over when a forecast is made."""


def expect(
    watch: Watch, video: Source, base: Base, settings: RunSettings, **does: Any
) -> dict[str, float]:
    """Forecast the stages of a run, and pass it on to the watch.

    Parameters
    ----------
    watch : Watch
    video : Source
    base : Base
        Its speed on this machine is measured, unless it is known.
    settings : RunSettings
    **does : bool
        `learns` and `parses`, as for `forecast_run`.

    Returns
    -------
    dict of str to float
        Seconds of each stage.
    """
    from personalize.procedures.forecast import Video, forecast_run
    from personalize.procedures.measure import speed_of

    with watch.during("measure"):
        speed = speed_of(base)
    sized = Video(video.frame_count, video.height, video.width)
    forecast = forecast_run(sized, settings, speed, **does)
    watch.expect({name: forecast[name] for name in forecast if name not in NO_WORK}, video.name)
    tell(
        f"{video.name}: about {spell(sum(forecast.values()))} by the speed of this machine",
        detail=True,
    )
    return forecast


def learn_speed(base: Base, forecast: dict[str, float], workspace: Workspace) -> None:
    """Correct the known speed of this machine by the stages that a run has computed.

    Parameters
    ----------
    base : Base
    forecast : dict of str to float
        Seconds that were expected of each stage (`expect`).
    workspace : Workspace
        Of the finished run; stages from an earlier run do not count.
    """
    from personalize.procedures.measure import keep_speed, known_speed

    stages = workspace.manifest["stages"]
    took = {name: stages[name]["seconds"] for name in stages if name not in workspace.reused}
    speed = known_speed(base)
    if speed and took:
        keep_speed(base, speed.after(forecast, took))


def forecast_dry(
    watch: Watch,
    video: Source,
    base: Base,
    settings: RunSettings,
    *,
    learns: bool = True,
    parses: bool = True,
) -> Json:
    """Return what a run would do, after a first look at the video; nothing is written.

    Parameters
    ----------
    watch : Watch
    video : Source
    base : Base
    settings : RunSettings
    learns, parses : bool
        What the run would do.

    Returns
    -------
    dict
        As JSON has it: window, frames, canvas, seconds and bytes.
    """
    from personalize.procedures.forecast import Video, forecast_disk, forecast_run
    from personalize.procedures.measure import speed_of
    from personalize.procedures.tracking import find_track
    from personalize.procedures.window import window_of

    track = find_track(video, base.engine, settings, watch)
    with watch.during("measure"):
        speed = speed_of(base)
    sized = Video(video.frame_count, video.height, video.width)
    canvas = track.rows, track.cols
    seconds = forecast_run(sized, settings, speed, canvas=canvas, learns=learns, parses=parses)
    window = window_of(video, track, settings)
    disk = forecast_disk(sized, settings, canvas=canvas, learns=learns)
    return {
        "source": video.name,
        "frames": [video.first, video.first + video.frame_count],
        "size": [video.width, video.height],
        "window": window.moved(video.first).describe() if learns else None,
        "canvas": [track.cols, track.rows],
        "device": str(base.device),
        "engine": base.engines.name,
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "total_seconds": round(sum(seconds.values()), 1),
        "bytes": disk,
    }


def give_dry(dry: Json, report: Path | None) -> None:
    """Print what `forecast_dry` returned, for people or as JSON."""
    from personalize.types import Window

    first, stop = dry["frames"]
    width, height = dry["size"]
    rows = {
        "source": f"{dry['source']}, {width}x{height}",
        "frames": f"{first} to {stop - 1}, {stop - first} of them",
        "canvas": "x".join(map(str, dry["canvas"])),
        "computes": f"{dry['engine']} on {dry['device']}",
        "time": f"about {spell(dry['total_seconds'])}",
        "disk": f"about {dry['bytes'] / 1e6:.0f} MB",
    }
    if dry["window"]:
        rows["window"] = f"frames {spell_window(Window.read(dry['window']))}"
    for name, seconds in dry["seconds"].items():
        rows[f"  {name}"] = spell(seconds)
    give_report(dry, table_of(rows), report)
