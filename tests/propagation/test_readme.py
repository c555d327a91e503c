"""The example of the README runs and prints what it says."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "propagation" / "README.md"


def test_example_finds_the_disc_in_the_last_frame(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    exec(compile(example, str(README), "exec"), {})
    assert float(capsys.readouterr().out) > 0.9
