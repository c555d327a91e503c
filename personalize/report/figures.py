"""The figures of a report: functions from the findings to one SVG image."""

import numpy as np

from personalize import parts
from personalize.output.settings import OverlaySettings
from personalize.report import charts
from personalize.report.charts import NARROW, WIDTH, Axes, clock
from personalize.report.gather import Findings
from personalize.types import Array

LEFT, RIGHT = 52, 12  # margins of a figure
CERTAIN = (0.5, 1.0)  # range of certainty, the same in every report; 0.5 is a guess
STRIP = 104  # height of the row of silhouettes, in units of the drawing
SHORT = 0.25  # a window below this share of the video gets a figure of its own
DOUBTFUL = OverlaySettings().doubtful
"""Confidence below which a joint is drawn faint, as in the overlay."""


def silhouette_figure(findings: Findings, width: float = WIDTH) -> str:
    """Draw some silhouettes in a row, and below them the share of the frame that they cover."""
    times, area = findings.times, findings.area
    top = STRIP + 30
    ticks = charts.level_ticks(0.0, max(float(area.max()), 0.01), about=2)
    axes = _axes(times, top, 84, (0.0, ticks[-1]), width)
    return charts.figure(
        "The silhouette through time",
        f"Some silhouettes from beginning to end, and the share of the frame that they cover: "
        f"{area.min():.1%} at least, {area.max():.1%} at most.",
        axes.bottom + 24,
        _row_of_silhouettes(findings.outlines, axes),
        charts.value_axis(axes, ticks, _percent),
        charts.area(axes, times, area, "fill personal"),
        charts.line(axes, times, area, "line personal"),
        charts.time_axis(axes),
        width=width,
    )


def certainty_figures(findings: Findings, width: float = WIDTH) -> str:
    """Draw the certainty of the networks over the video, and over the window if that is short."""
    window, count = findings.window, len(findings.times)
    whole = _certainty(findings, slice(0, count), "Certainty over time", width)
    if window is None or len(window) > SHORT * count or len(window.stretches) > 1:
        return whole
    inside = _certainty(findings, slice(*window.stretches[0]), "Certainty in the window", width)
    return f"{whole}<h3>In the window</h3>{inside}"


def _certainty(findings, span, title, width):
    """Certainty of person or background over a span of frames, on a fixed scale."""
    times, window = findings.times, findings.window
    other = findings.comparison if findings.parsed_by == "personal" else None
    ticks = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    axes = _axes(times[span], 24, 150, CERTAIN, width)
    pieces = [charts.value_axis(axes, ticks, lambda v: f"{v:.1f}")]
    if window and span == slice(0, len(times)):  # the window is marked in the video
        label = "learned from these frames"
        for start, stop in window.stretches:
            ends = float(times[start]), float(times[stop - 1])
            pieces.insert(0, charts.band(axes, ends, label))
            label = ""  # only the first stretch has a label
    if other and window:
        pieces += _stretches(axes, findings, other.certainty, "line generic")
    pieces.append(charts.line(axes, times[span], findings.certainty[span], "line personal"))
    return charts.figure(
        title,
        f"Mean certainty of the person map, {findings.certainty[span].mean():.3f} on average"
        + (f"; that of the generic network {other.certainty.mean():.3f}." if other else "."),
        axes.bottom + 24,
        *pieces,
        charts.time_axis(axes),
        width=width,
    )


def overlap_figure(findings: Findings, width: float = WIDTH) -> str:
    """Draw the overlap of the silhouettes of both networks over the window."""
    other, window = findings.comparison, findings.window
    assert other is not None and window is not None, "nothing was learned"
    times = findings.times[window.numbers]
    ticks = charts.level_ticks(0.0, 1.0)
    axes = _axes(times, 14, 110, (0.0, 1.0), width)
    marks = [
        f'<circle class="mark" cx="{axes.x(times[place]):.1f}"'
        f' cy="{axes.y(other.overlap[place]):.1f}" r="4"/>'
        for place in window.places(other.frames)
    ]
    return charts.figure(
        "Overlap of the generic and the personal silhouette",
        f"Intersection over union, frame by frame: {other.overlap.mean():.2f} on average,"
        f" {other.overlap.min():.2f} at least.",
        axes.bottom + 24,
        charts.value_axis(axes, ticks, lambda v: f"{v:.1f}"),
        *_stretches(axes, findings, other.overlap, "line ink"),
        *marks,
        charts.time_axis(axes),
        width=width,
    )


def _stretches(axes: Axes, findings: Findings, values: Array, style: str) -> list[str]:
    """Curves of values (W,) over the frames of the window, one for each of its stretches."""
    window = findings.window
    assert window is not None, "nothing was learned"
    parts = np.split(window.numbers, window.borders), np.split(values, window.borders)
    return [charts.line(axes, findings.times[here], there, style) for here, there in zip(*parts)]


def joints_figure(findings: Findings, width: float = WIDTH) -> str:
    """Draw x and y of every joint of the upper body over time, as small multiples."""
    narrow = width <= NARROW  # then names are above their rows, not beside them
    left, gap, high, apart, first = (46, 50, 50, 88, 40) if narrow else (124, 56, 50, 68, 24)
    wide = (width - left - gap - RIGHT) / 2
    spans = [_span(findings.xy[..., k]) for k in (0, 1)]
    spans[1] = spans[1][::-1]  # y grows downwards in pictures
    across, down = ("x, pixels", "y, pixels") if narrow else ("x, from the left", "y, from the top")
    pieces = [
        charts.text(left, 12, across, "note"),
        charts.text(left + wide + gap, 12, down, "note"),
    ]
    for j, name in enumerate(parts.UPPER_BODY_JOINTS):
        top = first + j * apart
        beside = top - 12 if narrow else top + high / 2 + 4
        pieces.append(charts.text(0, beside, name.replace("_", " "), "name"))
        for k, span in enumerate(spans):
            times = (findings.times[0], findings.times[-1])
            axes = Axes(left + k * (wide + gap), top, wide, high, times, span)
            pieces.append(_joint(axes, findings, j, k))
            if j == len(parts.UPPER_BODY_JOINTS) - 1:
                pieces.append(charts.time_axis(axes))
    return charts.figure(
        "Joints over time",
        "Seven joints of the upper body in seven rows: x on the left, y on the right.",
        first + (len(parts.UPPER_BODY_JOINTS) - 1) * apart + high + 26,
        *pieces,
        width=width,
    )


def _joint(axes, findings, j, k):
    """One coordinate of one joint: a faint curve, and a strong one where it is confident."""
    side = parts.UPPER_BODY_JOINTS[j].split("_")[0]
    values = np.clip(findings.xy[:, j, k], min(axes.values), max(axes.values))
    sure = np.where(findings.confidence[:, j] >= DOUBTFUL, values, np.nan)
    style = side if side in ("right", "left") else "ink"
    return (
        charts.value_axis(axes, axes.values, lambda v: f"{v:.0f}")
        + charts.line(axes, findings.times, values, f"line faint {style}")
        + charts.line(axes, findings.times, sure, f"line {style}")
    )


def _span(values):
    """A range with round ends that contains 99 % of the values."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.percentile(known, (0.5, 99.5))
    ticks = charts.level_ticks(float(low), max(float(high), float(low) + 10.0), about=8)
    return ticks[0], ticks[-1]


def _row_of_silhouettes(figures, axes):
    """Silhouettes above the times of their frames, all at one scale."""
    slot = axes.width / len(figures)
    bodies = [max(edges, key=_extent) for _, edges in figures if edges]  # the largest components
    if not bodies:
        return charts.text(axes.left, STRIP / 2, "nobody was seen", "note")
    top, bottom = min(b[:, 1].min() for b in bodies), max(b[:, 1].max() for b in bodies)
    widths = [np.ptp(body[:, 0]) for body in bodies]
    scale = min((STRIP - 8) / (bottom - top), 0.92 * slot / max(max(widths), 1e-6))
    pieces = []
    for k, (number, edges) in enumerate(figures):
        middle = axes.left + (k + 0.5) * slot
        if not edges:
            pieces.append(charts.text(middle, STRIP - 6, "–", "tick middle"))
            continue
        body = max(edges, key=_extent)
        centre = (body[:, 0].min() + body[:, 0].max()) / 2
        shift = middle - centre * scale, STRIP - bottom * scale
        near = [edge for edge in edges if np.abs(edge[:, 0] - centre).max() * scale < 0.6 * slot]
        path = "".join(_closed(edge * scale + shift) for edge in near)
        pieces.append(f'<path class="figure" d="{path}"><title>frame {number}</title></path>')
    return "".join(pieces)


def _extent(edge):
    """Area of the bounding box of an outline."""
    return np.ptp(edge[:, 0]) * np.ptp(edge[:, 1])


def _closed(points):
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _axes(times, top, height, values, width):
    return Axes(LEFT, top, width - LEFT - RIGHT, height, (times[0], times[-1]), values)


def _percent(share):
    return f"{share:.0%}" if round(share * 100, 6) == int(round(share * 100, 6)) else f"{share:.1%}"


def caption_time(findings: Findings, frame: int) -> str:
    """Return a frame's number and time as text."""
    named = frame + findings.first
    return f"frame {named}, {clock(float(findings.times[frame]), float(findings.times[-1]))}"
