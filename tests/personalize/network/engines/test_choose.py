import os
import subprocess
import sys

import pytest

from personalize.errors import EngineError
from personalize.network.engines import choose
from personalize.network.engines.choose import REFERENCE, choose_engine
from personalize.network.factored import FactoredNetwork


def test_torch_is_the_network_itself():
    network = FactoredNetwork().eval()
    assert choose_engine("torch", "cpu") is REFERENCE
    assert REFERENCE.of(network) is network


def test_a_gpu_gets_torch_unless_another_engine_is_asked_for():
    assert choose_engine("auto", "cuda:1").name == "torch"
    assert choose_engine("cuda", "cuda:1").name == "cuda"


def test_auto_takes_openvino_where_it_can_be_had_and_else_says_why_not(monkeypatch):
    monkeypatch.setattr(choose, "is_available", lambda: True)
    assert choose_engine("auto", "cpu").name == "openvino"
    assert not choose_engine("auto", "cpu").remark
    monkeypatch.setattr(choose, "is_available", lambda: False)
    assert choose_engine("auto", "cpu").name == "torch"
    assert "OpenVINO is not to be had here" in choose_engine("auto", "cpu").remark


def test_an_engine_that_was_asked_for_must_be_there(monkeypatch):
    monkeypatch.setattr(choose, "is_available", lambda: False)
    with pytest.raises(EngineError, match="pip install openvino"):
        choose_engine("openvino", "cpu")
    with pytest.raises(EngineError, match="--device cpu"):
        choose_engine("openvino", "cuda:1")
    with pytest.raises(EngineError, match="the device is a CPU"):
        choose_engine("cuda", "cpu")


def test_engines_of_people_before_are_given_up():
    made = []
    engines = choose.Engines("fake", lambda network: made.append(network) or network)
    networks = [FactoredNetwork().eval() for _ in range(choose.HELD + 1)]
    for network in networks:
        assert engines.of(network) is network
    engines.of(networks[-1])
    assert len(made) == choose.HELD + 1
    engines.of(networks[0])
    assert len(made) == choose.HELD + 2


@pytest.mark.parametrize(
    "given, found", [({}, "PASSIVE 0"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE 0")]
)
def test_threads_of_the_command_wait_without_spinning_unless_told_otherwise(given, found):
    code = (
        "import os, sys\n"
        "from personalize.commands.main import main\n"
        "assert 'torch' not in sys.modules\n"
        "main.callback()\n"
        "print(os.environ['OMP_WAIT_POLICY'], os.environ['GOMP_SPINCOUNT'])"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_WAIT", "GOMP_SPIN"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **given}, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1:] == [found], done.stderr
