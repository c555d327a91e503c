"""The terminal: progress and messages go to stderr, results to stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personalize.commands.views import make_view
from personalize.commands.watch import Watch, watching

if TYPE_CHECKING:
    from personalize.storage.asked import Done
    from personalize.types import Json

PROGRESS = ("auto", "bar", "plain", "json", "none")
"""Ways to show progress; auto is a bar on a terminal, and plain lines elsewhere."""
STDOUT = Path("-")
"""Stands for standard output in options that take a file."""
VOICE = "personalize.voice"
"""Key of how much is said, among what the context of a command keeps."""


@dataclass
class Voice:
    """The messages that a command shows.

    Attributes
    ----------
    progress : str
        One of `PROGRESS`.
    quiet, verbose : bool
    """

    progress: str = PROGRESS[0]
    quiet: bool = False
    verbose: bool = False


def voice() -> Voice:
    """Return the Voice of the current command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Voice()
    found: Voice = context.meta.setdefault(VOICE, Voice())
    return found


def tell(sentence: str, *, detail: bool = False) -> None:
    """Write a message to stderr: none with --quiet, and details only with --verbose.

    With --progress json it is a line of JSON, as all other lines are.
    """
    said = voice()
    if not said.quiet and (said.verbose or not detail):
        line = json.dumps({"message": sentence}) if said.progress == "json" else sentence
        click.echo(line, err=True)


@contextmanager
def stage_bars() -> Iterator[Watch]:
    """Yield ``progress(stage)``, which shows the progress of a stage as the user wishes."""
    said = voice()
    with watching(make_view("none" if said.quiet else said.progress)) as watch:
        yield watch


def progress_options(command: click.Command) -> None:
    """Add --progress, --quiet and --verbose to a command."""

    def listen(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        setattr(context.meta.setdefault(VOICE, Voice()), parameter.name or "", value)

    command.params += [
        click.Option(
            ["--progress"],
            type=click.Choice(PROGRESS),
            default=PROGRESS[0],
            callback=listen,
            expose_value=False,
            help="How progress is shown on stderr; auto: bars on a terminal, else lines.",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            callback=listen,
            expose_value=False,
            help="Say nothing but results and errors.",
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            callback=listen,
            expose_value=False,
            help="Say more: versions, canvas, the forecast.",
        ),
    ]


def report_run(run: Done, report: Path | None = None) -> None:
    """Report where the results are, how long each stage took, and what had to be computed anew."""
    report_anew(run)
    stages = run.manifest["stages"]
    lines = [
        f"{name:10} {stage['seconds']:8.1f} s"
        + ("  (from an earlier run)" if name in run.reused else "")
        for name, stage in stages.items()
    ]
    if "verdict" in run.manifest:
        tell(verdict_line(run.manifest["verdict"]))
    report_unseen(run.root, run.manifest["source"].get("first", 0))
    give_report(numbers_of(run), "\n".join((*lines, str(run.root))), report)
    for alarm in alarms_of(run.manifest):
        if alarm.get("code") != "absent":  # of which `report_unseen` says more
            tell(f"Look at this: {alarm['sentence']}")


def report_unseen(root: Path, first: int) -> None:
    """Report in how many frames the person was not in view, and in which; `first` is the number of
    the first frame.
    """
    from personalize.output.finished import read_seen

    seen = read_seen(root)
    for word, meaning in (("no", "not seen"), ("doubt", "in doubt")):
        spans = spans_of([said == word for said in seen])
        if spans:
            count = sum(stop - start for start, stop in spans)
            tell(f"{meaning} in {count} of {len(seen)} frames ({in_words(spans, first)})")


def spans_of(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return where a sequence is true, as a list of (start, stop)."""
    spans: list[tuple[int, int]] = []
    for number, flag in enumerate(flags):
        if flag and spans and spans[-1][1] == number:
            spans[-1] = spans[-1][0], number + 1
        elif flag:
            spans.append((number, number + 1))
    return spans


def in_words(spans: Sequence[tuple[int, int]], first: int = 0, most: int = 3) -> str:
    """Return spans of frames as text; where there are many, only the longest.

    Parameters
    ----------
    spans : sequence of (int, int)
        Half-open.
    first : int
        Number of the frame that spans count from.
    most : int
        Spans that are named.

    Returns
    -------
    str
    """
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:most]
    named = sorted((start + first, stop + first) for start, stop in longest)
    text = ", ".join(
        f"from {start} to {stop - 1}" if stop > start + 1 else f"{start}" for start, stop in named
    )
    return text + (f", and {len(spans) - most} more times" if len(spans) > most else "")


def numbers_of(run: Done) -> Json:
    """Return what the command line reports of a run, for programs."""
    manifest = run.manifest
    return {
        "folder": str(run.root),
        "source": manifest["source"],
        "stages": {
            name: {"seconds": stage["seconds"], "reused": name in run.reused}
            for name, stage in manifest["stages"].items()
        },
        "outputs": [name for stage in manifest["stages"].values() for name in stage["outputs"]],
        "verdict": manifest.get("verdict"),
        "alarms": alarms_of(manifest),
    }


def alarms_of(manifest: Json) -> list[Json]:
    """Return the warnings of a run, each with a sentence; an older manifest has none."""
    alarms = manifest.get("alarms")
    found = alarms if isinstance(alarms, list) else []
    return [a for a in found if isinstance(a, dict) and isinstance(a.get("sentence"), str)]


def report_anew(run: Done) -> None:
    """Show which outputs of an earlier run were not as it had left them."""
    for sentence in run.anew:
        tell(sentence)


def verdict_line(verdict: Json) -> str:
    """Return in one line what was kept of what was learned, and why."""
    from personalize.types import MODULES

    modules: dict[str, str] = {}  # by the words, which may be the same of both
    for module in MODULES:
        words = choice_words(verdict[module], module)
        modules[words] = f"{modules[words]} and {module}" if words in modules else module
    sentence = "; ".join(f"{which}: {words}" for words, which in modules.items())
    if verdict["held_out"]:
        return f"{sentence} (judged without labels on {verdict['held_out']} frames held out)"
    return sentence


def choice_words(choice: Json, module: str) -> str:
    """Return which network is kept for one of `MODULES`, and why, in a few words."""
    from personalize.stages.verdict import UNITS

    network, reason, estimate = choice["kept"], choice["reason"], choice.get("estimate")
    if reason == "untested":
        return (
            f"the {network} ones are kept, since the window is too short to test the others;"
            " --keep personal keeps those"
        )
    if reason == "given":
        return f"the {network} ones are kept, learned from the silhouettes that were given"
    if reason == "not learned":
        return "none were learned"
    said = f"the {network} ones are kept"
    if reason == "asked":
        said += ", as --keep says"
    if estimate is not None:
        said += f", expected gain {estimate:+.1%} +- {choice['uncertainty']:.1%} {UNITS[module]}"
    return said


def give_report(numbers: Any, table: str, path: Path | None) -> None:
    """Print a table for people, and write its numbers as JSON if a path is given.

    Parameters
    ----------
    numbers : object
        As JSON has it.
    table : str
        Markdown.
    path : Path or None
        JSON file; with "-" the JSON goes to standard output, and the table nowhere.
    """
    if path != STDOUT:
        click.echo(table)
    if path:
        write_text(path, json.dumps(numbers, indent=1, default=str))


def write_text(path: Path, text: str) -> None:
    """Write lines to a file, whole or not at all, or to standard output."""
    from personalize.storage.atomic import atomic_write

    if path == STDOUT:
        click.echo(text)
        return
    with atomic_write(path) as partial:
        partial.write_text(text + "\n")


def table_of(rows: Mapping[str, str]) -> str:
    """Return lines of names and values, the values below each other."""
    width = max(map(len, rows), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in rows.items())
