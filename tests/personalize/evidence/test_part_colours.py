import numpy as np
import pytest

from personalize.evidence.part_colours import PartColours, learn_part_colours
from personalize.evidence.settings import PartColourSettings
from personalize.parts import CLASSES

HAND, CHEST, OTHER_HAND = 1, 7, 14
SKIN, SHIRT, WALL = (220, 170, 140), (40, 60, 150), (90, 90, 90)


def scene(column):
    """A wall, a shirt in the lower half, and a hand before it: frame (64, 96, 3), labels of cells
    (8, 12).
    """
    cells = np.zeros((8, 12), int)
    cells[4:, 2:10] = CHEST
    cells[5:7, column : column + 2] = HAND
    colours = np.zeros((CLASSES, 3), np.uint8)
    colours[[0, CHEST, HAND]] = WALL, SHIRT, SKIN
    frame = colours[cells].repeat(8, axis=0).repeat(8, axis=1)
    noise = np.random.default_rng(column).integers(-9, 9, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8), cells


def answer(cells, sure=0.9):
    """What a network might say of labels: (32, h, w)."""
    other = (1 - sure) / (CLASSES - 1)
    return np.float32(np.where(np.arange(CLASSES)[:, None, None] == cells, sure, other))


@pytest.fixture(scope="module")
def wardrobe():
    frames, cells = zip(*map(scene, (2, 4, 6)))
    return learn_part_colours(np.stack(frames), np.stack([answer(one) for one in cells]))


def test_a_doubtful_hand_is_known_by_its_colour(wardrobe):
    frame, cells = scene(8)
    doubtful = answer(cells)
    doubtful[:, cells == HAND] = 0.4 / (CLASSES - 2)
    doubtful[CHEST, cells == HAND], doubtful[HAND, cells == HAND] = 0.35, 0.25
    weighed = wardrobe.weigh(frame, doubtful)
    np.testing.assert_allclose(weighed.sum(axis=0), 1, atol=1e-5)
    assert weighed.dtype == np.float32
    np.testing.assert_array_equal(weighed.argmax(axis=0), cells)


def test_left_and_right_wear_the_same(wardrobe):
    np.testing.assert_allclose(wardrobe.odds[:, HAND], wardrobe.odds[:, OTHER_HAND])
    assert np.abs(wardrobe.odds[:, HAND] - wardrobe.odds[:, CHEST]).max() > 1


def test_colours_that_tell_nothing_or_have_no_weight_change_nothing(wardrobe):
    frame, cells = scene(8)
    parts = answer(cells)
    silent = PartColours(wardrobe.words, np.zeros_like(wardrobe.odds))
    np.testing.assert_allclose(silent.weigh(frame, parts), parts, rtol=1e-5)
    settings = PartColourSettings(weight=0.0)
    np.testing.assert_allclose(wardrobe.weigh(frame, parts, settings=settings), parts, rtol=1e-5)


def test_evidence_is_bounded_and_a_part_that_was_never_seen_has_none():
    frame, cells = scene(4)
    parts = np.zeros((1, CLASSES, *cells.shape), np.float32)
    np.put_along_axis(parts[0], cells[None], 1, axis=0)
    settings = PartColourSettings(limit=2.0)
    odds = learn_part_colours(frame[None], parts, settings=settings).odds
    assert np.abs(odds).max() == pytest.approx(2.0)
    np.testing.assert_allclose(odds[:, 11], 0, atol=1e-6)


def test_a_window_of_one_colour_is_no_error():
    grey = np.full((2, 64, 96, 3), 90, np.uint8)
    parts = np.full((2, CLASSES, 8, 12), 1 / CLASSES, np.float32)
    wardrobe = learn_part_colours(grey, parts)
    assert len(wardrobe.words) == 1
    np.testing.assert_allclose(wardrobe.weigh(grey[0], parts[0]), parts[0], atol=1e-6)


def test_the_same_window_gives_the_same_wardrobe():
    frame, cells = scene(4)
    one, other = (learn_part_colours(frame[None], answer(cells)[None]) for _ in range(2))
    np.testing.assert_array_equal(one.words, other.words)
    np.testing.assert_array_equal(one.odds, other.odds)
