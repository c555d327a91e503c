import pytest
import torch
from safetensors.torch import save_file

from personalize.errors import WeightsError
from personalize.network.checkpoints import (
    digest,
    load_base,
    load_person,
    save_base,
    save_person,
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
        network.factored.head.bias += 1
        network.aggregation.head.bias += 1
    return network


def test_a_base_file_brings_back_every_tensor_and_fact(base, tmp_path):
    save_base(base, tmp_path / "base.safetensors", {"samples": 12})
    loaded, facts = load_base(tmp_path / "base.safetensors")
    assert digest(loaded.state_dict()) == digest(base.state_dict())
    assert facts == {"samples": 12}
    assert not loaded.training


def test_a_person_file_holds_what_was_learned_alone(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, digest(base.state_dict()), {})
    assert path.stat().st_size < 1_400_000  # of the 2.1 MB of a base file
    loaded = load_person(path, base)
    assert digest(loaded.state_dict()) == digest(personal.state_dict())


def test_a_person_of_other_base_weights_is_refused(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, digest(base.state_dict()), {})
    with torch.no_grad():
        base.initial.conv.bias += 1
    with pytest.raises(WeightsError, match="learned with other base weights"):
        load_person(path, base)


def test_a_person_file_is_no_base_file(base, personal, tmp_path):
    path = tmp_path / "person.safetensors"
    save_person(personal, path, digest(base.state_dict()), {})
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


def test_the_digest_sees_one_changed_bit(base):
    before = digest(base.state_dict())
    with torch.no_grad():
        base.aggregation.head.bias[5] += 1e-6
    assert digest(base.state_dict()) != before
