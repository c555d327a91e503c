import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from personalize.network.checkpoints import load_base
from personalize.network.engines.choose import choose_engine
from personalize.network.engines.openvino import OpenVinoEngine, is_available, without_telemetry
from personalize.network.inference import look, merge, predict_person
from personalize.network.settings import VIEWS

WITHIN = 1e-4
"""Of probability: what float32 may differ by."""

pytestmark = pytest.mark.skipif(not is_available(), reason="OpenVINO has no wheel for this machine")


@pytest.fixture(scope="module")
def network():
    return load_base()[0]


@pytest.fixture(scope="module")
def engine(network):
    return OpenVinoEngine(network)


def frames_of(count, rows, cols):
    """Smooth frames, in which a network sees this and that."""
    coarse = torch.rand((count, 3, 6, 8), generator=torch.Generator().manual_seed(rows))
    smooth = torch.nn.functional.interpolate(coarse, (rows, cols), mode="bicubic").clamp(0, 1)
    return (smooth * 255).byte().permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize("count, rows, cols", [(1, 64, 48), (3, 128, 200), (4, 64, 48)])
def test_answers_are_those_of_torch_on_any_canvas_and_in_any_number(
    network, engine, count, rows, cols
):
    frames = frames_of(count, rows, cols)
    mask = np.zeros((rows, cols), bool)
    mask[: rows // 2] = True
    known = [mask] + [None] * (count - 1)
    seen = [look(one, frames, views=VIEWS["4"]) for one in (network, engine)]
    assert (seen[0].person - seen[1].person).abs().max() < WITHIN
    parts = [merge(one, looked, known) for one, looked in zip((network, engine), seen)]
    assert np.abs(parts[0] - parts[1]).max() < WITHIN
    assert parts[1].dtype == np.float32


def test_a_network_that_has_learned_is_answered_for_too(square_network, square_frames):
    frames, _ = square_frames
    reference = predict_person(square_network, frames)
    assert reference.max() > 0.9
    assert np.abs(predict_person(OpenVinoEngine(square_network), frames) - reference).max() < WITHIN


def test_an_answer_outlives_the_next_question(engine):
    images = torch.rand((2, 1, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    first = engine.features(images[0])
    before = first.clone()
    engine.features(images[1])
    assert torch.equal(first, before)


def test_the_same_frames_give_the_same_bits_whatever_was_seen_before(engine):
    images = torch.rand((3, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    before = engine.features(images)
    engine.features(images[:1, :, :32])
    assert torch.equal(engine.features(images), before)


def test_threads_that_ask_at_once_get_their_own_answers(network):
    batches = torch.rand((8, 3, 3, 64, 48), generator=torch.Generator().manual_seed(1))
    expected = list(map(OpenVinoEngine(network).features, batches))
    engine = OpenVinoEngine(network)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(engine.features, batches))
    assert all(torch.equal(one, other) for one, other in zip(expected, found))


def test_an_image_is_answered_alike_alone_and_among_others(engine):
    images = torch.rand((3, 3, 64, 80), generator=torch.Generator().manual_seed(2))
    together = engine.person(engine.features(images))
    alone = torch.cat([engine.person(engine.features(image[None])) for image in images])
    assert (together - alone).abs().max() < WITHIN


def test_an_engine_is_made_once_for_the_same_weights(network):
    engines = choose_engine("openvino", "cpu")
    assert engines.name == "openvino"
    assert engines.of(network) is engines.of(load_base()[0])


def test_nothing_is_told_to_the_makers_of_openvino():
    code = (
        "import sys\n"
        "from personalize.network.engines.openvino import is_available\n"
        "assert is_available()\n"
        "assert 'openvino' in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('openvino_telemetry')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_telemetry_that_another_program_loaded_stays_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino_telemetry", sys)
    with without_telemetry():
        assert sys.modules["openvino_telemetry"] is None
    assert sys.modules["openvino_telemetry"] is sys
