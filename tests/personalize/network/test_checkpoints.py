import copy
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file

from personalize.errors import WeightsError
from personalize.network.baseline import BaselineNetwork
from personalize.network.checkpoints import (
    PERSONAL,
    digest,
    load_base,
    load_network,
    load_person,
    read_tensors,
    save_base,
    save_person,
    write_tensors,
)
from personalize.network.factored import FactoredNetwork


@pytest.fixture
def base():
    torch.manual_seed(0)
    return FactoredNetwork().eval()


@pytest.fixture
def personal(base):
    network = FactoredNetwork().eval()
    network.load_state_dict(base.state_dict())
    with torch.no_grad():
        for module in (network.factored, network.aggregation):
            for weights in module.parameters():
                weights += 0.01 * torch.randn(weights.shape)
    return network


def test_a_base_file_brings_back_every_tensor_and_fact(base, tmp_path):
    save_base(base, tmp_path / "base.safetensors", {"samples": 12})
    loaded, facts = load_base(tmp_path / "base.safetensors")
    assert digest(loaded.state_dict()) == digest(base.state_dict())
    assert facts == {"samples": 12}
    assert not loaded.training


def test_a_person_file_holds_what_was_learned_alone(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, base, {})
    assert path.stat().st_size < 700_000  # of the 2.1 MB of a base file
    loaded, before = load_person(path, base).state_dict(), base.state_dict()
    for name, weights in personal.state_dict().items():
        if name.startswith(("factored.", "aggregation.")) and name.endswith(("weight", "bias")):
            assert not torch.equal(loaded[name], before[name])
            assert torch.allclose(loaded[name], weights, rtol=0, atol=3e-5)
        else:
            assert torch.equal(loaded[name], weights)


def test_what_did_not_change_is_not_in_the_file_and_comes_back_to_the_bit(base, tmp_path):
    path = tmp_path / "person.safetensors"
    with torch.no_grad():
        (learned := copy.deepcopy(base)).factored.head.bias += 1
    save_person(learned, path, base, {})
    assert path.stat().st_size < 1_000
    assert digest(load_person(path, base).state_dict()) == digest(learned.state_dict())


def test_a_file_of_whole_weights_is_read_too(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    kept = {n: t for n, t in personal.state_dict().items() if n.startswith(PERSONAL)}
    metadata = {"kind": "person", "base": digest(base.state_dict()), "facts": "{}"}
    save_file(kept, path, metadata)
    assert digest(load_person(path, base).state_dict()) == digest(personal.state_dict())


def test_a_person_of_other_base_weights_is_refused(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, base, {})
    with torch.no_grad():
        base.initial.conv.bias += 1
    with pytest.raises(WeightsError, match="learned with other base weights"):
        load_person(path, base)


def test_a_person_file_is_no_base_file(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, base, {})
    with pytest.raises(WeightsError, match="expected a base file, found person"):
        load_base(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match="gone.safetensors: there is no weights file"):
        load_base(tmp_path / "gone.safetensors")


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "base.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="base.safetensors: not a readable safetensors"):
        load_base(path)


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "base.safetensors"
    save_file({"x": torch.zeros(1)}, path, {"kind": "base", "facts": "{}"})
    with pytest.raises(WeightsError, match="of another network"):
        load_base(path)


def test_the_digest_sees_names_shapes_and_types():
    values = torch.arange(4, dtype=torch.int32)
    others = (
        {"b": values},
        {"a": values.reshape(2, 2)},
        {"a": values.view(torch.float32)},
        {"a": values, "b": values[:0]},
    )
    digests = {digest(tensors) for tensors in ({"a": values}, *others)}
    assert len(digests) == 5


def test_the_digest_sees_one_changed_bit(base):
    before = digest(base.state_dict())
    with torch.no_grad():
        base.aggregation.head.bias[5] += 1e-6
    assert digest(base.state_dict()) != before


def test_a_file_says_which_network_it_holds(tmp_path):
    network = BaselineNetwork().eval()
    save_base(network, tmp_path / "base.safetensors", {"samples": 3})
    loaded, facts = load_network(tmp_path / "base.safetensors")
    assert isinstance(loaded, BaselineNetwork)
    assert digest(loaded.state_dict()) == digest(network.state_dict())
    assert facts == {"samples": 3}
    assert not loaded.training


def test_a_file_that_does_not_say_holds_the_factored_network(base, tmp_path):
    path = tmp_path / "base.safetensors"
    save_file(base.state_dict(), path, {"kind": "base", "facts": "{}"})
    assert digest(load_network(path)[0].state_dict()) == digest(base.state_dict())
    assert isinstance(load_base(path)[0], FactoredNetwork)


def test_a_network_without_an_x_factor_is_no_base_of_a_person(tmp_path):
    save_base(BaselineNetwork(), tmp_path / "base.safetensors", {})
    with pytest.raises(WeightsError, match="holds the network baseline, which has no X factor"):
        load_base(tmp_path / "base.safetensors")


def test_a_network_that_is_not_known_is_refused(tmp_path):
    path = tmp_path / "base.safetensors"
    save_file({"x": torch.zeros(1)}, path, {"kind": "base", "network": "unet", "facts": "{}"})
    with pytest.raises(WeightsError, match="holds the network unet, and this version has factored"):
        load_network(path)


@pytest.fixture
def person_file(base, personal, tmp_path):
    """The file of a person; a function writes it again with other tensors."""
    path = tmp_path / "person.safetensors"
    save_person(personal, path, base, {})

    def write(**changes):
        tensors, metadata = read_tensors(path, "person")
        write_tensors(path, {**tensors, **changes}, metadata)
        return path

    return write


HEAD = "factored.head.bias"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({HEAD: torch.zeros(7)}, f"of another network .{HEAD} differs"),
        ({HEAD: torch.zeros((), dtype=torch.int64)}, f"of another network .{HEAD} differs"),
        ({"factored.more": torch.zeros(1)}, "of another network .factored.more differs"),
        ({"initial.conv.bias": torch.zeros(13)}, "of another network .initial.conv.bias differs"),
    ],
)
def test_a_person_of_other_tensors_is_refused(base, person_file, changes, message):
    with pytest.raises(WeightsError, match=f"person.safetensors: .*{message}"):
        load_person(person_file(**changes), base)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_refused(base, person_file, tmp_path, value):
    bias = torch.full_like(base.state_dict()[HEAD], value)
    with pytest.raises(WeightsError, match=f"person.safetensors: {HEAD} holds what is no number"):
        load_person(person_file(**{HEAD: bias}), base)
    with torch.no_grad():
        base.factored.head.bias.fill_(value)
    save_base(base, tmp_path / "base.safetensors", {})
    with pytest.raises(WeightsError, match=f"base.safetensors: {HEAD} holds what is no number"):
        load_base(tmp_path / "base.safetensors")


def test_a_variance_below_0_is_refused(base, tmp_path):
    name = next(name for name in base.state_dict() if name.endswith("running_var"))
    base.state_dict()[name][0] = -1
    save_base(base, tmp_path / "base.safetensors", {})
    with pytest.raises(WeightsError, match=f"{name} holds .* a variance below 0"):
        load_base(tmp_path / "base.safetensors")


@pytest.mark.parametrize("facts", [None, "", "[]", "{", "[" * 100_000])
def test_a_file_without_facts_is_refused(base, tmp_path, facts):
    path, metadata = tmp_path / "base.safetensors", {"kind": "base"}
    save_file(base.state_dict(), path, {**metadata, "facts": facts} if facts else metadata)
    with pytest.raises(WeightsError, match="does not say what its weights were made of"):
        load_base(path)


def test_the_same_person_is_the_same_bytes_in_every_process(base, personal, tmp_path):
    save_person(personal, tmp_path / "person.safetensors", base, {"b": 1, "a": "ż"})
    save_base(base, tmp_path / "base.safetensors", {})
    save_base(personal, tmp_path / "personal.safetensors", {})
    code = f"""
from personalize.network import checkpoints
base, _ = checkpoints.load_base({str(tmp_path / "base.safetensors")!r})
network, _ = checkpoints.load_base({str(tmp_path / "personal.safetensors")!r})
for number in range(8):
    path = f"{tmp_path}/again{{number}}"
    checkpoints.save_person(network, path, base, {{"b": 1, "a": "ż"}})
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    wanted = (tmp_path / "person.safetensors").read_bytes()
    assert {path.read_bytes() for path in tmp_path.glob("again*")} == {wanted}
