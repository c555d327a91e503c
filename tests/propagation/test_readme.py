"""The examples of the README run and print what they say."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "propagation" / "README.md"


EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["disc", "features"])
def test_example_finds_what_moved_in_the_last_frame(capsys, example):
    exec(compile(example, str(README), "exec"), {})
    assert float(capsys.readouterr().out) > 0.9
