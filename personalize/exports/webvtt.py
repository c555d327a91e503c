"""WebVTT: a track with a cue for each interval in which the person is seen, for browsers."""

from pathlib import Path

from personalize.exports.intervals import seen_intervals
from personalize.exports.task import Task

TEXT = "person seen"


def write(task: Task, folder: Path) -> None:
    """Write ``NAME.vtt``, a cue for every interval in which the person is seen."""
    cues = (
        f"{clock(begin)} --> {clock(end)}\n{TEXT}\n" for begin, end in seen_intervals(task.done)
    )
    text = "\n".join(("WEBVTT\n", *cues))
    (folder / f"{task.stem}.vtt").write_text(text, encoding="utf-8")


def clock(seconds: float) -> str:
    """Return a time as hours, minutes, seconds and milliseconds: ``00:01:02.345``."""
    minutes, thousandths = divmod(round(1000 * seconds), 60000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{thousandths // 1000:02d}.{thousandths % 1000:03d}"
