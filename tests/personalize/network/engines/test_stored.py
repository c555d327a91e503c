import os
import pickle
import tempfile

import pytest
import torch

from personalize.network.engines.choose import REFERENCE, Engines
from personalize.network.engines.interface import Engine
from personalize.network.engines.stored import FeatureStore, StoringEngine, digest_of


class Counting(Engine):
    """Features that tell which image they are of; it counts the images that it was asked."""

    device = torch.device("cpu")

    def __init__(self):
        self.asked = 0

    def features(self, images):
        self.asked += len(images)
        return images.mean(dim=1, keepdim=True).expand(-1, 128, -1, -1)[..., ::8, ::8].contiguous()

    def person(self, features):
        return features[:, :2]

    def parts(self, features, person):
        return features[:, :32] + person.mean()


@pytest.fixture
def images():
    return torch.rand((5, 3, 16, 24), generator=torch.Generator().manual_seed(0))


def both(store):
    """An engine that adds to a store, and one that only takes; each counts by itself."""
    engines = Counting(), Counting()
    return (
        engines,
        StoringEngine(engines[0], store, add=True),
        StoringEngine(engines[1], store),
    )


def test_an_image_is_computed_once_and_its_features_are_the_same_bits(images, tmp_path):
    (_, taking), adds, takes = both(FeatureStore(tmp_path))
    before = adds.features(images)
    again = takes.features(images[[3, 0]])
    assert torch.equal(again, before[[3, 0]]) and taking.asked == 0
    mirrored = takes.features(images[:2].flip(-1))
    assert taking.asked == 2 and torch.equal(mirrored, Counting().features(images[:2].flip(-1)))


def test_only_what_is_to_be_added_is(images, tmp_path):
    (adding, taking), adds, takes = both(FeatureStore(tmp_path))
    takes.features(images)
    takes.features(images)
    adds.features(images[:3])
    assert (adding.asked, taking.asked) == (3, 10)
    takes.features(images[2:])  # one of three is known
    assert taking.asked == 13


def test_other_steps_are_those_of_the_engine(images, tmp_path):
    (engine, _), adds, _ = both(FeatureStore(tmp_path))
    features = adds.features(images)
    person = adds.person(features)
    assert torch.equal(person, engine.person(features))
    assert torch.equal(adds.parts(features, person), engine.parts(features, person))


def test_what_has_no_room_is_computed_again(images, tmp_path):
    room = 2 * 128 * 2 * 3 * 4  # of two images
    (_, taking), adds, takes = both(FeatureStore(tmp_path, most=room))
    before = adds.features(images)
    assert torch.equal(takes.features(images[:2]), before[:2]) and taking.asked == 0
    assert torch.equal(takes.features(images[2:]), before[2:]) and taking.asked == 3


@pytest.mark.parametrize("fault", ["no file", "full", "short"])
def test_a_disk_without_room_is_no_fault_of_the_answers(images, tmp_path, monkeypatch, fault):
    class Full:
        def seek(self, *place):
            return 0

        def write(self, values):
            if fault == "short":
                return len(values) // 2
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    def open_file(**_):
        if fault == "no file":
            raise OSError(28, "No space left on device")
        return Full()

    monkeypatch.setattr(tempfile, "TemporaryFile", open_file)
    (adding, taking), adds, takes = both(FeatureStore(tmp_path))
    before = adds.features(images)
    assert torch.equal(takes.features(images), before)
    assert (adding.asked, taking.asked) == (5, 5)


def test_a_file_that_can_no_longer_be_read_is_no_fault_either(images, tmp_path):
    store = FeatureStore(tmp_path)
    (_, taking), adds, takes = both(store)
    before = adds.features(images)
    os.ftruncate(store._file.fileno(), 100)
    assert torch.equal(takes.features(images), before) and taking.asked == 5


@pytest.mark.skipif(os.name != "posix", reason="files without a name are of POSIX")
def test_nothing_is_seen_in_the_folder_and_the_file_goes_with_the_store(images, tmp_path):
    store = FeatureStore(tmp_path)
    StoringEngine(Counting(), store, add=True).features(images)
    file = store._file
    assert not list(tmp_path.iterdir()) and not file.closed
    del store
    assert file.closed


def test_images_of_the_same_bytes_and_other_shapes_are_told_apart():
    assert digest_of(torch.zeros((3, 16, 24))) != digest_of(torch.zeros((3, 24, 16)))
    plain = torch.rand((1, 3, 16, 24))
    innermost = plain.contiguous(memory_format=torch.channels_last)
    assert digest_of(plain[0]) == digest_of(innermost[0])


def test_another_process_gets_the_engine_without_the_store(square_network, tmp_path):
    engine = REFERENCE.storing(FeatureStore(tmp_path)).of(square_network)
    assert isinstance(engine, StoringEngine)
    assert type(pickle.loads(pickle.dumps(engine))) is type(square_network)


def test_on_a_gpu_nothing_is_stored(square_network, tmp_path):
    class OnGpu(Counting):
        device = torch.device("cuda")

        def __init__(self, network):
            super().__init__()

    engines = Engines("cuda", OnGpu)
    assert engines.storing(FeatureStore(tmp_path)).of(square_network) is engines.of(square_network)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_bits_are_those_of_the_engine_alone_whatever_was_stored_before(
    square_network, tmp_path, count
):
    images = torch.rand((4, 24, 24, 3), generator=torch.Generator().manual_seed(0))
    images = images.permute(0, 3, 1, 2)  # as those of frames lie in memory
    store = FeatureStore(tmp_path)
    adds, takes = (REFERENCE.storing(store, add=add).of(square_network) for add in (True, False))
    with torch.inference_mode():
        adds.features(images)
        expected, found = (one.features(images[:count]) for one in (square_network, takes))
        assert torch.equal(found, expected)
        assert torch.equal(takes.person(found), square_network.person(expected))
