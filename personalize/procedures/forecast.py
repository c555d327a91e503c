"""How long a run will take, and how much disk: work counted from settings, times a measured speed.

Work is counted in *looks*, *steps* and *paints*, of a million pixels each: one pass of the network
over them by the engine, one by torch, which alone can learn, and one of some plain filters. All are
measured on the machine (`measure`); how many a stage needs for a frame was taken from runs of the
demo clip. Where a machine is faster or slower than that, it is learned from the runs that were done
on it (`Speed.learned`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from personalize.settings import AUTO, RunSettings
from personalize.types import Json

MEGA = 1e6

RECORDED_AS = {"self-train": "learn"}
"""Stages of the progress that are part of another one in a manifest."""

TRUSTED = 2.0
"""Seconds that a stage must be forecast to take for its true time to be learned from."""
FURTHEST = 4.0
"""How many times slower or faster than measured a stage is forecast at most: a run beside much
other work says little of the next."""


@dataclass(frozen=True)
class Work:
    """What a stage does with one frame.

    Attributes
    ----------
    looks, steps : float
        Passes of the network over the canvas, by the engine and by torch.
    canvas, source : float
        Passes of plain filters over the canvas, and over the source frame.
    """

    looks: float = 0.0
    steps: float = 0.0
    canvas: float = 0.0
    source: float = 0.0


PER_FRAME = {
    "open": Work(source=0.1),
    "track": Work(looks=1.5),
    "read": Work(source=0.05),
    "predict": Work(looks=1.0),
    "propagate": Work(canvas=13.5),
    "refine": Work(canvas=8.3),
    "learn": Work(steps=3.0),
    "self-train": Work(steps=3.7),
    "judge": Work(looks=1.3),
    "parse": Work(looks=1.2, canvas=11.5, source=2.0),
    "report": Work(source=0.5),
}
"""Of the demo clip, 301 frames of 640x360 on a canvas of 296x208; `predict` and `parse` for every
view, `learn` and `self-train` for every pass."""

PSEUDO_LABELS = 1.2
"""Steps for every view of a frame before self-training."""
BYTES_PER_PIXEL = {"pictures": 0.05, "overlay": 0.06}
"""Of a source frame on the disk: both PNG files, and the overlay as it is coded."""


@dataclass(frozen=True)
class Speed:
    """How fast a machine is.

    Attributes
    ----------
    look, step, paint : float
        Seconds for a million pixels.
    learned : dict of str to float
        Measured time of a stage in earlier runs, divided by its forecast.
    """

    look: float
    step: float
    paint: float
    learned: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_json(cls, record: Json) -> Self:
        """Return the speed that `to_json` returned; raises ValueError of anything else."""
        try:
            learned = {str(name): float(value) for name, value in record["learned"].items()}
            look, step, paint = (float(record[name]) for name in ("look", "step", "paint"))
            speed = cls(look, step, paint, learned)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no speed: {record}") from error
        rates = speed.look, speed.step, speed.paint, *learned.values()
        if not all(0 < rate < math.inf for rate in rates):
            raise ValueError(f"no speed: {record}")
        return speed

    def to_json(self) -> Json:
        """Return what a file keeps."""
        return {**vars(self), "learned": dict(self.learned)}

    def after(self, forecast: Mapping[str, float], took: Mapping[str, float]) -> Self:
        """Return the speed, corrected by the times of a run.

        Parameters
        ----------
        forecast : dict of str to float
            Seconds of its stages by this speed, as the progress names them.
        took : dict of str to float
            True seconds of those that were computed, as the manifest names them.
        """
        learned = dict(self.learned)
        for stage, seconds in took.items():
            parts = [name for name in forecast if RECORDED_AS.get(name, name) == stage]
            foreseen = sum(forecast[name] for name in parts)
            if foreseen >= TRUSTED and seconds > 0:
                old = learned.get(stage, 1.0)
                half_way = math.sqrt(old * old * seconds / foreseen)
                learned[stage] = min(max(half_way, 1 / FURTHEST), FURTHEST)
        return replace(self, learned=learned)


AVERAGE = Speed(look=0.5, step=0.5, paint=0.15)
"""Of two older cores: a guess where nothing was measured, for the shares of the stages alone."""


@dataclass(frozen=True)
class Video:
    """What a forecast needs to know of a video.

    Attributes
    ----------
    frames : int
    height, width : int
    """

    frames: int
    height: int
    width: int

    @property
    def pixels(self) -> float:
        """Millions of pixels of a frame."""
        return self.height * self.width / MEGA


def forecast_run(
    video: Video,
    settings: RunSettings,
    speed: Speed = AVERAGE,
    *,
    canvas: tuple[int, int] | None = None,
    learns: bool = True,
    parses: bool = True,
) -> dict[str, float]:
    """Return the seconds of every stage, in their order.

    Parameters
    ----------
    video : Video
    settings : RunSettings
    speed : Speed
    canvas : (int, int), optional
        Rows and columns of the canvas; without them a canvas of middling size is assumed, since a
        first look would have to choose it.
    learns, parses : bool
        Whether a person is learned, and every frame parsed.

    Returns
    -------
    dict of str to float
        By the names under which stages report their progress.
    """
    area = canvas_pixels(settings, canvas)
    window = min(settings.window, video.frames)
    counts: dict[str, float] = {"open": video.frames}
    if settings.size == AUTO:
        looked_at = min(settings.locate.looks, video.frames)
        counts["track"] = looked_at
    if learns:
        counts |= learning_counts(window, settings)
    if parses:
        counts["parse"] = video.frames
    counts["report"] = window if learns else min(video.frames, 10)
    looked = sum(side**2 for side in settings.locate.sizes) / MEGA / area
    views = {
        "track": looked,
        "predict": area_of(settings.window_views),
        "parse": area_of(settings.parse.views),
    }
    seconds = {}
    for stage, count in counts.items():
        work = PER_FRAME[stage]
        looks = work.looks * views.get(stage, 1.0) * area * speed.look
        steps = work.steps * area * speed.step
        paints = (work.canvas * area + work.source * video.pixels) * speed.paint
        factor = speed.learned.get(RECORDED_AS.get(stage, stage), 1.0)
        seconds[stage] = count * (looks + steps + paints) * factor
    return seconds


def learning_counts(window: int, settings: RunSettings) -> dict[str, float]:
    """Return how often every stage of learning does its work, for a window of some frames."""
    learned = min(settings.learned, max(window - window // 5, 1))
    first = ("read", "predict", "propagate", "refine")
    counts: dict[str, float] = {stage: float(window) for stage in first}
    counts["learn"] = learned * (settings.factor.epochs + 1)
    if settings.self_training.epochs:
        labels = PSEUDO_LABELS * area_of(settings.self_training.views)
        passes = settings.self_training.epochs + labels / PER_FRAME["self-train"].steps
        counts["self-train"] = learned * passes
    counts["judge"] = window
    return counts


def forecast_disk(
    video: Video,
    settings: RunSettings,
    *,
    canvas: tuple[int, int] | None = None,
    learns: bool = True,
) -> int:
    """Estimate the bytes that a run folder will take.

    Parameters
    ----------
    video : Video
    settings : RunSettings
    canvas : (int, int), optional
        Rows and columns; guessed if left out.
    learns : bool
        Whether a person is learned, or the video is parsed only.

    Returns
    -------
    int
    """
    frame = video.height * video.width
    parsed = video.frames * frame * sum(BYTES_PER_PIXEL.values())
    if not learns:
        return round(parsed)
    area = canvas_pixels(settings, canvas) * MEGA
    window = min(settings.window, video.frames)
    kept = window * area * (2 + 1 + 4 / 64)  # beliefs, labels, and the person in cells
    return round(parsed + kept)


def canvas_pixels(settings: RunSettings, canvas: tuple[int, int] | None) -> float:
    """Return the millions of pixels of the canvas."""
    if canvas:
        return canvas[0] * canvas[1] / MEGA
    if not isinstance(settings.size, str):  # else it is AUTO
        return settings.size**2 / MEGA
    return settings.locate.camera.least * settings.locate.camera.most / MEGA


def area_of(views: Any) -> float:
    """Return the pixels of some views together, in canvases."""
    return float(sum(view.scale**2 for view in views))
