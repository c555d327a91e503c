"""`personalize live` as a process: it prints its link, and ends as it is asked to."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from personalize.commands.main import main

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_serves_its_link_until_it_is_asked_to_end(number, code, tmp_path):
    command = [sys.executable, "cli.py", "live", "--port", "0", "--out", tmp_path / "live", "-q"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        link = program.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32,}/", link)
        with urlopen(link) as page:
            assert "<title>Live" in page.read().decode()
        with pytest.raises(HTTPError, match="403") as refused:
            urlopen(link.rsplit("/", 2)[0])
        refused.value.close()
        program.send_signal(number)
        assert program.wait(60) == code
    assert not (tmp_path / "live").exists()


def test_without_the_library_of_the_server_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["live"])
    assert done.exit_code == 1
    assert 'pip install "personalize[live]"' in done.stderr


def test_a_person_that_is_none_is_told_before_anything_is_loaded(tmp_path):
    done = CliRunner().invoke(main, ["live", "--person", str(tmp_path / "nobody.safetensors")])
    assert done.exit_code == 1
    assert "nobody.safetensors" in done.stderr
