import json

import pytest
from click.testing import CliRunner

from personalize.commands.main import main
from personalize.procedures import doctor


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "measure_looks", lambda engine: 0.5)
    monkeypatch.setattr("personalize.procedures.measure.measure_looks", lambda engine: 0.5)

    def run(*words):
        return CliRunner().invoke(main, ["doctor", str(tmp_path), *words])

    return run


def test_a_sound_machine_is_told_of_and_exits_with_0(run):
    result = run()
    assert result.exit_code == 0, result.output
    assert "begin in" in result.stdout
    for name in ("personalize", "torch", "processor", "reads", "memory", "disk", "locks", "engine"):
        assert name in result.stdout
    assert "looks a second at 512x512" in result.stdout
    assert "a minute of 720p" in result.stdout


def test_what_would_fail_is_told_with_its_remedy_and_exits_with_1(run, monkeypatch):
    monkeypatch.setattr(doctor, "free_memory", lambda: 1e8)
    monkeypatch.setattr(doctor, "_has_codec", lambda name, mode: name != "libx264")
    result = run("--json", "-")
    assert result.exit_code == 1
    told = {finding["name"]: finding for finding in json.loads(result.stdout)}
    assert "--window" in told["memory"]["remedy"]
    assert "libx264" in told["writes"]["remedy"]
    assert result.stderr.endswith("A run would fail: writes, memory\n")


def test_processes_that_do_not_begin_are_told_with_the_remedy(run, monkeypatch):
    def refuse(count):
        raise OSError("no semaphores here")

    monkeypatch.setattr(doctor, "processes", refuse)
    result = run("--json", "-")
    assert result.exit_code == 1
    [told] = [one for one in json.loads(result.stdout) if one["name"] == "processes"]
    assert "no semaphores here" in told["value"] and "--workers 1" in told["remedy"]


def test_a_device_that_is_not_here_would_fail(run):
    result = run("--device", "cuda:99")
    assert result.exit_code == 1
    assert "--device cuda:99: not available here" in result.stdout
