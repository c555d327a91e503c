"""onnxruntime answers as torch does."""

import json

import numpy as np
import pytest
import torch

from personalize.errors import WeightsError
from personalize.exports import network as exported
from personalize.exports.task import NamedNetwork
from personalize.network.factored import FactoredNetwork
from personalize.network.registry import make_network
from personalize.network.settings import NETWORKS
from personalize.parts import NAMES

onnx = pytest.importorskip("onnx", reason="of the extra `exports`")
onnxruntime = pytest.importorskip("onnxruntime", reason="of the extra `exports`")


@pytest.fixture
def given(square_network):
    return NamedNetwork("square", square_network, {"source": "clip.mp4", "canvas": {"rows": 64}})


def test_any_size_and_number_of_images_is_answered_as_by_torch(given, tmp_path):
    exported.write_network(given, tmp_path)
    session = onnxruntime.InferenceSession(tmp_path / "square.onnx")
    for shape in ((3, 3, 40, 72), (1, 3, 136, 8)):
        images = torch.rand(shape, generator=torch.Generator().manual_seed(1))
        person, parts = session.run(["person", "parts"], {"images": images.numpy()})
        with torch.inference_mode():
            wanted = given.network(images)
        np.testing.assert_allclose(person, wanted.person.softmax(1), atol=1e-4)
        np.testing.assert_allclose(parts, wanted.parts.softmax(1), atol=1e-4)


def test_the_network_is_left_as_it_was(given, tmp_path):
    before = {name: value.clone() for name, value in given.network.state_dict().items()}
    exported.write_network(given, tmp_path)
    assert not any(module.training for module in given.network.modules())
    for name, value in given.network.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_what_comes_before_and_after_is_told(given, tmp_path):
    exported.write_network(given, tmp_path)
    model = onnx.load(tmp_path / "square.onnx")
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(told["parts"]) == list(NAMES)
    assert json.loads(told["preprocessing"])["sides"] == "multiples of 8"
    assert set(json.loads(told["postprocessing"])) >= {"person", "parts", "silhouette_from"}
    assert told["source"] == "clip.mp4" and json.loads(told["canvas"]) == {"rows": 64}


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in ("factored", "fcn")])
def test_networks_of_the_comparison_have_parts_alone(name, tmp_path):
    torch.manual_seed(0)
    exported.write_network(NamedNetwork(name, make_network(name).eval()), tmp_path)
    session = onnxruntime.InferenceSession(tmp_path / f"{name}.onnx")
    assert [output.name for output in session.get_outputs()] == ["parts"]


def test_other_answers_are_refused(given, tmp_path):
    exported.write_network(given, tmp_path)
    torch.manual_seed(1)
    other = exported.Probabilities(FactoredNetwork()).eval()
    with pytest.raises(WeightsError, match=r"square\.onnx: answers of onnxruntime differ from"):
        exported.check_answers(tmp_path / "square.onnx", other)
