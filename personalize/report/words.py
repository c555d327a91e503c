"""The text of a report: verdict, numbers, settings, as HTML in which all values are escaped."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from personalize.report.charts import clock
from personalize.report.gather import Findings
from personalize.stages.verdict import EVIDENCE
from personalize.storage.layout import PERSON
from personalize.storage.manifest import modules_kept
from personalize.types import MODULES, Json

NAMES = {
    "predict": "predict the person",
    "propagate": "carry it through time",
    "refine": "refine the silhouettes",
    "learn": "learn the person",
    "parse": "parse every frame",
}
"""Descriptions of stages; a stage without one is shown by its name."""


REASONS = {
    "gain": "a gain is expected of it",
    "small loss": "no more than a small loss is expected of it",
    "loss": "a loss is expected of it",
    "untested": "the window is too short to hold frames out for a test",
    "given": "it was learned from silhouettes that were given",
    "not learned": "it was not to be learned",
    "asked": "the settings say so",
}
"""Reason of a verdict (`verdict.Choice.reason`) -> its description."""


def verdict_sentence(manifest: Json) -> str:
    """Return the verdict of a run in one sentence."""
    verdict = manifest.get("verdict")
    if manifest["purpose"] != "run":
        return "Parsed with the network that was given; nothing was learned from this video."
    if not verdict:
        return "The network learned this person, and parsed the video with what it learned."
    kept = modules_kept(manifest)
    if not verdict["held_out"]:
        rest = "" if kept else ", so the generic one is kept"
        return (
            "The network learned this person; whether that made it better was not tested"
            + rest
            + "."
        )
    if len(kept) == len(MODULES):
        return "The network learned this person: what it learned is kept."
    if not kept:
        return "What the network learned did not hold up: the generic one is kept."
    [module] = kept
    [other] = set(MODULES) - {module}
    return f"The network learned the {module} of this person; its {other} are the generic ones."


def verdict_evidence(manifest: Json) -> str:
    """Return the evidence of the verdict: a paragraph, and tables of numbers."""
    verdict = manifest.get("verdict")
    if manifest["purpose"] != "run":
        return (
            "<p>How well it fits can be seen in the film and in the pictures. Where the person is"
            " missed, `personalize run` learns them from this video.</p>".replace("`", "")
        )
    if not verdict:
        return "<p>No frames were held out to prove it; this run took no verdict.</p>"
    choices = [_choice_row(module, verdict[module]) for module in MODULES]
    head = ("learned", "kept", "because", "expected gain")
    scores = {
        name: [pair.get(kind) for kind in ("generic", "personal")]
        for name, pair in verdict.get("evidence", {}).items()
    }
    if not scores:
        return (
            "<p>The proof needs a longer window, with frames of which no silhouette is given.</p>"
            + table(head, choices)
        )
    rows = [(_kind(name), *map(number, pair), change(*pair)) for name, pair in scores.items()]
    return (
        f"<p>No labels were used. Judged on {verdict['held_out']} frames that were not learned "
        "from, by how far the network agrees with the video and with itself. What such evidence "
        "is worth was measured on films and videos whose truth is known. A thing that is taken "
        "into the silhouette in every frame may agree as well as the person does, so look at the "
        "pictures, too.</p>"
        + table(head, choices)
        + '<details class="evidence"><summary>The evidence in numbers</summary>'
        + table(("evidence", "generic", "personal", "change"), rows)
        + "</details>"
    )


def _kind(name: str) -> str:
    """Name of a kind of evidence, and its description if there is one."""
    called = name.replace("_", " ")
    return f"{called}: {EVIDENCE[name]}" if name in EVIDENCE else name


def _choice_row(module: str, choice: Json) -> tuple[str, ...]:
    """A row of the table of modules that are kept."""
    gain, doubt = choice.get("estimate"), choice.get("uncertainty")
    gained = "–"
    if gain is not None and doubt is not None:
        gained = f"{percent(gain)} ±{doubt:.1%}"
    reason = str(REASONS.get(choice["reason"], choice["reason"]))
    return module, str(choice["kept"]), reason, gained


def percent(gain: float) -> str:
    """Return a signed share in percent."""
    return f"{gain:+.1%}".replace("-", "−")


def tiles(findings: Findings) -> str:
    """Return the most important numbers of a run, each with its name."""
    facts = [
        ("frames", f"{len(findings.times):,}"),
        ("with a person", f"{np.mean(findings.area > 0):.0%}"),
        ("mean certainty", f"{findings.certainty.mean():.3f}"),
    ]
    if findings.comparison and findings.parsed_by == "personal":
        facts.append(("overlap with generic", f"{findings.comparison.overlap.mean():.2f}"))
    facts.append(("of computing", spell(sum(s for _, s in stage_seconds(findings.manifest)))))
    return "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)


def subtitle(findings: Findings) -> str:
    """Return size, length and frame rate of the video."""
    source = findings.manifest["source"]
    rate = source["fps"]
    length = len(findings.times) / rate if rate else float(findings.times[-1])
    size = f"{source['width']} × {source['height']} pixels"
    frames = "1 frame" if len(findings.times) == 1 else f"{len(findings.times):,} frames"
    words = f"{frames} of {size}, {spell(length)} at {rate:.4g} a second"
    taught = teacher_words(findings.manifest)
    return "; ".join([words, *map(escape, source["remarks"]), *([taught] if taught else [])])


def teacher_words(manifest: Json) -> str:
    """Return a note that parts were learned from landmarks; empty if they were not."""
    teacher = manifest.get("teacher")
    if not teacher:
        return ""
    return (
        f"parts learned by the landmarks of a teacher in {teacher['taught']} of the "
        f"{teacher['frames']} frames that were learned from"
    )


def drift(findings: Findings) -> str:
    """Return certainty and size of the silhouette inside and outside of the window."""
    window = findings.window
    if window is None:
        return "Mean certainty of person or background over all cells of a frame."
    outside = np.ones(len(findings.times), bool)
    outside[window.numbers] = False
    inside = findings.certainty[window.numbers].mean()
    words = f"In the window that was learned from, the certainty is {inside:.3f}"
    if findings.comparison and findings.parsed_by == "personal":
        words += f", that of the generic network {findings.comparison.certainty.mean():.3f}"
    if len(window.stretches) > 1:
        words += f"; it is {len(window.stretches)} stretches, spread over the video"
    if not outside.any():
        return f"{words}. The window is the whole video."
    return (
        f"{words}; outside the window it is {findings.certainty[outside].mean():.3f}. The"
        f" silhouette covers {findings.area[window.numbers].mean():.1%} of the frame inside and"
        f" {findings.area[outside].mean():.1%} outside."
    )


def stage_seconds(manifest: Json) -> list[tuple[str, float]]:
    """Return (stage, seconds) of every stage but the report."""
    return [(n, stage["seconds"]) for n, stage in manifest["stages"].items() if n != "report"]


def stage_bars(manifest: Json) -> str:
    """Return the seconds of every stage as bars."""
    stages = stage_seconds(manifest)
    longest = max((seconds for _, seconds in stages), default=0.0) or 1.0
    rows = "".join(
        f'<tr><th scope="row">{escape(NAMES.get(name, name))}</th>'
        f'<td class="bar"><span style="width:{100 * seconds / longest:.1f}%"></span></td>'
        f"<td>{seconds:.1f} s</td></tr>"
        for name, seconds in stages
    )
    return f'<table class="bars"><tbody>{rows}</tbody></table>'


def settings_tables(manifest: Json) -> str:
    """Return the settings of every stage, a table each."""
    return "".join(
        f"<h3>{escape(name)}</h3>{table(('setting', 'value'), list(flatten(stage['settings'])))}"
        for name, stage in manifest["stages"].items()
        if name != "report" and stage["settings"]
    )


def origins(manifest: Json, person: str | None) -> str:
    """Return the provenance of the results: digests, seed, device, versions."""
    facts = {"input": manifest["source"]["digest"], **manifest["facts"]}
    names = {"base": "base weights", "weights": "weights"}
    rows = [(names.get(name, name), value) for name, value in facts.items()]
    if person:
        rows.append((PERSON, person))
    rows += list(flatten(manifest.get("notes", {})))
    rows += [(name, value or "not installed") for name, value in manifest["versions"].items()]
    return table(("what", "value or digest"), rows)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; the first column names the rows."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape('–' if value is None else str(value))}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted name, value) of settings within settings."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def number(value: Any) -> str:
    """Return a number as text; a dash for none."""
    if isinstance(value, (int, float)):
        return "–" if value != value else f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
    return "–" if value is None else str(value)


def change(before: float | None, after: float | None) -> str:
    """Return a signed difference as text; a dash if a value is missing."""
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return "–"
    known = before == before and after == after
    return f"{after - before:+.3f}".replace("-", "−") if known else "–"


def spell(seconds: float) -> str:
    """Return a duration as text."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{clock(seconds)} {'h' if seconds >= 3600 else 'min'}"
