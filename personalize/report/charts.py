"""Charts as SVG: axes, lines, bands. Colours are classes of the page's style sheet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import numpy as np

from personalize.types import Array

WIDTH, NARROW = 760, 380
"""Width of a figure on a screen and on a phone, in units of the drawing. The page shows one of the
two, scaled to its width."""

APART = 2  # least distance between points of a curve, in units of the drawing
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


@dataclass(frozen=True)
class Axes:
    """The axes of a chart of values over time.

    Attributes
    ----------
    left, top, width, height : float
        In units of the drawing.
    times, values : (float, float)
        Times at the left and right edge; values at the bottom and the top.
    """

    left: float
    top: float
    width: float
    height: float
    times: tuple[float, float]
    values: tuple[float, float]

    def x(self, time: float) -> float:
        """Return the x coordinate of a time in the drawing."""
        first, last = self.times
        return self.left + (time - first) / ((last - first) or 1.0) * self.width

    def y(self, value: float) -> float:
        """Return the y coordinate of a value in the drawing."""
        low, high = self.values
        return self.top + (high - value) / ((high - low) or 1.0) * self.height

    @property
    def bottom(self) -> float:
        """The y coordinate of the lower edge in the drawing."""
        return self.top + self.height


def figure(title: str, description: str, height: float, *pieces: str, width: float = WIDTH) -> str:
    """Return an SVG image with a title and a description for screen readers.

    Parameters
    ----------
    title, description : str
    height, width : float
        In units of the drawing.
    *pieces : str
        SVG.

    Returns
    -------
    str
    """
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"{''.join(pieces)}</svg>"
    )


def line(axes: Axes, times: Array, values: Array, style: str) -> str:
    """Return a curve with gaps where values are NaN; many points are thinned.

    Parameters
    ----------
    axes : Axes
    times, values : (N,) float arrays
        Seconds, and values.
    style : str
        Class of the style sheet.

    Returns
    -------
    str
        SVG; empty if all values are NaN.
    """
    most = points_of(axes, times)
    times, values = thin(times, most), thin(values, most)
    steps, pen = [], "M"
    for time, value in zip(times, values):
        if np.isnan(value):
            pen = "M"
        else:
            dot = "h0" if pen == "M" else ""  # makes a point without neighbours visible
            steps.append(f"{pen}{axes.x(time):.1f} {axes.y(value):.1f}{dot}")
            pen = "L"
    return f'<path class="{style}" d="{"".join(steps)}"/>' if steps else ""


def area(axes: Axes, times: Array, values: Array, style: str) -> str:
    """Return a filled area between a curve and the lower edge.

    Parameters
    ----------
    axes : Axes
    times, values : (N,) float arrays
        Seconds, and values; without NaN.
    style : str
        Class of the style sheet.

    Returns
    -------
    str
        SVG.
    """
    most = points_of(axes, times)
    times, values = thin(times, most), thin(values, most)
    points = " ".join(f"{axes.x(t):.1f},{axes.y(v):.1f}" for t, v in zip(times, values))
    left, right = axes.x(times[0]), axes.x(times[-1])
    points = f"{left:.1f},{axes.bottom:.1f} {points} {right:.1f},{axes.bottom:.1f}"
    return f'<polygon class="{style}" points="{points}"/>'


def band(axes: Axes, span: tuple[float, float], label: str = "") -> str:
    """Return a rectangle that marks a span of time.

    Parameters
    ----------
    axes : Axes
    span : (float, float)
        In seconds.
    label : str
        Written above it.

    Returns
    -------
    str
        SVG.
    """
    left, right = axes.x(span[0]), axes.x(span[1])
    width = max(right - left, 2.0)
    box = (
        f'<rect class="window" x="{left:.1f}" y="{axes.top:.1f}" width="{width:.1f}"'
        f' height="{axes.height:.1f}"/>'
    )
    middle = min(max((left + right) / 2, axes.left + 60), axes.left + axes.width - 60)
    return box + (text(middle, axes.top - 6, label, "note middle") if label else "")


def text(x: float, y: float, words: str, style: str) -> str:
    """Return a line of text.

    Parameters
    ----------
    x, y : float
        In units of the drawing.
    words : str
    style : str
        Class of the style sheet.

    Returns
    -------
    str
        SVG.
    """
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def time_axis(axes: Axes) -> str:
    """Return the labels of the time axis."""
    first, last = axes.times
    pieces = []
    for tick in time_ticks(first, last, most=max(int(axes.width // 75), 1)):
        style = "tick middle" if tick > first else "tick"
        pieces.append(text(axes.x(tick), axes.bottom + 16, clock(tick, last), style))
    return "".join(pieces)


def value_axis(axes: Axes, ticks: Iterable[float], write: Callable[[float], str]) -> str:
    """Return horizontal grid lines with their values.

    Parameters
    ----------
    axes : Axes
    ticks : iterable of float
    write : callable
        Formats a value.

    Returns
    -------
    str
        SVG.
    """
    pieces = []
    for tick in ticks:
        y = axes.y(tick)
        right = axes.left + axes.width
        pieces.append(f'<path class="grid" d="M{axes.left:.1f} {y:.1f}H{right:.1f}"/>')
        pieces.append(text(axes.left - 8, y + 4, write(tick), "tick end"))
    return "".join(pieces)


def points_of(axes: Axes, times: Array) -> int:
    """Return the number of points of a curve over `times` that can be distinguished."""
    return max(round((axes.x(times[-1]) - axes.x(times[0])) / APART), 1)


def thin(values: Array, most: int) -> Array:
    """Return at most `most` values: means over equal stretches, NaN left out."""
    values = np.asarray(values, np.float64)
    if len(values) <= most:
        return values
    starts = np.arange(most) * len(values) // most
    known = np.isfinite(values)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts)
    counts = np.add.reduceat(known, starts, dtype=np.int64)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def level_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return round numbers that enclose a range.

    Parameters
    ----------
    low, high : float
    about : int
        Approximate number of steps.

    Returns
    -------
    list of float
    """
    span = max(high - low, 1e-3)
    power = 10.0 ** np.floor(np.log10(span / about))
    step = next(power * n for n in (1, 2, 5, 10) if power * n * about >= span * 0.999)
    first, last = np.floor(low / step + 1e-6), np.ceil(high / step - 1e-6)
    return [round(float(k * step), 6) for k in np.arange(first, max(last, first + 1) + 1)]


def time_ticks(first: float, last: float, most: int) -> list[float]:
    """Return round times in a span.

    Parameters
    ----------
    first, last : float
        In seconds.
    most : int
        Greatest number of steps.

    Returns
    -------
    list of float
    """
    steps = [0.04, 0.1, 0.2, 0.5, *_TIME_STEPS]
    step = next((step for step in steps if (last - first) / step <= most), (last - first) / most)
    ticks = np.arange(np.ceil(first / step - 1e-6), np.floor(last / step + 1e-6) + 1) * step
    return [abs(float(tick)) for tick in ticks]  # never -0


def clock(seconds: float, longest: float | None = None) -> str:
    """Return a time as text: 7.2 s, or 1:05 from a minute on."""
    longest = seconds if longest is None else longest
    if longest < 60:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if longest >= 3600 else f"{minutes}:{rest:02d}"
