"""What the tests of reliability share: how much of them is run, and the table of what was found."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the tools of these tests lie beside them

TALLY: dict[str, Counter] = {}
"""How often each kind of outcome was met, by what was tried."""


@pytest.fixture
def tally():
    """Return a function that counts outcomes for the table at the end."""
    return lambda what, outcomes: TALLY.setdefault(what, Counter()).update(outcomes)


def pytest_terminal_summary(terminalreporter, config):
    """Print the table of docs/reliability.md, where it is asked for."""
    if not config.getoption("--table") or not TALLY:
        return
    kinds = sorted({kind for counts in TALLY.values() for kind in counts})
    rows = [["tried", "times", *kinds], ["---", *["--:"] * (len(kinds) + 1)]]
    for what, counts in sorted(TALLY.items()):
        rows.append([what, f"{counts.total():,}", *(f"{counts[kind]:,}" for kind in kinds)])
    terminalreporter.section("reliability")
    for row in rows:
        terminalreporter.write_line("| " + " | ".join(row) + " |")
