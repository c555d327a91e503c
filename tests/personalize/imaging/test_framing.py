import numpy as np
import pytest

from personalize.errors import SettingsError
from personalize.imaging.framing import (
    Framing,
    cell_labels,
    cell_shares,
    crop_frame,
    fit_frame,
    resize_area,
    scale_canvas,
)

SHAPES = [(360, 640), (480, 854), (301, 203), (64, 64)]
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_canvas_has_the_area_asked_for(shape):
    framing = fit_frame(*shape, 256)
    assert framing.rows % 8 == framing.cols % 8 == 0
    assert 256**2 <= framing.rows * framing.cols < 1.08 * 256**2


@pytest.mark.parametrize("shape", SHAPES)
def test_a_corner_comes_back_from_its_cell_within_half_a_cell(shape):
    framing = fit_frame(*shape, 256)
    corners = CORNERS * (shape[1] - 1, shape[0] - 1)
    cells = np.rint((framing.to_canvas(corners) + 0.5) / 8 - 0.5)
    back = framing.cells_to_source(cells)
    assert np.abs(back - corners).max() <= 4 / framing.scale + 1e-9


def test_canvas_and_source_are_inverse_of_each_other():
    framing = Framing(100, 60, 1.7, -12.0, 5.0, 160, 96)
    points = np.array([[0.0, 0.0], [59.0, 99.0], [13.2, 70.1]])
    np.testing.assert_allclose(framing.to_source(framing.to_canvas(points)), points, atol=1e-9)


def test_a_bright_square_lies_where_the_coordinates_say():
    frame = np.zeros((90, 160, 3), np.uint8)
    frame[30:50, 100:120] = 255
    framing = fit_frame(90, 160, 64)
    canvas = framing.apply(frame)
    assert canvas.shape == (framing.rows, framing.cols, 3)
    rows, cols = np.nonzero(canvas[..., 0] > 127)
    middle = framing.to_source([cols.mean(), rows.mean()])
    np.testing.assert_allclose(middle, [109.5, 39.5], atol=0.5 / framing.scale)


def test_a_crop_beyond_the_frame_repeats_its_edge():
    frame = np.full((40, 40, 3), 7, np.uint8)
    framing = Framing(40, 40, 1.0, -8.0, -16.0, 48, 64)
    canvas = framing.apply(frame)
    assert canvas.shape == (48, 64, 3)
    assert (canvas == 7).all()


def test_a_map_of_columns_is_restored_to_columns():
    framing = fit_frame(80, 160, 113)
    columns = np.arange(framing.cols // 8, dtype=np.float32)
    restored = framing.restore(np.tile(columns, (framing.rows // 8, 1)))
    assert restored.shape == (80, 160)
    x = 100
    expected = (framing.to_canvas([x, 40])[0] + 0.5) / 8 - 0.5
    assert restored[40, x] == pytest.approx(expected, abs=0.05)


def test_labels_are_restored_without_new_values():
    framing = fit_frame(80, 160, 113)
    labels = np.zeros((framing.rows, framing.cols), np.uint8)
    labels[:, framing.cols // 2 :] = 30
    assert set(np.unique(framing.restore_labels(labels))) == {0, 30}


def test_a_frame_of_another_size_is_refused():
    with pytest.raises(ValueError, match="shape"):
        fit_frame(80, 160, 64).apply(np.zeros((80, 161, 3), np.uint8))


def test_a_canvas_that_no_cell_divides_is_refused():
    with pytest.raises(SettingsError, match="multiples of 8"):
        Framing(40, 40, 1.0, 0.0, 0.0, 41, 40)


def test_cells_know_how_much_of_them_the_person_covers():
    labels = np.zeros((8, 32), np.uint8)
    labels[:6, 8:16] = 1
    labels[0, 16:24], labels[1:3, 16:24] = 255, 1  # of seven rows that are labelled, two
    labels[:3, 24:] = 255
    expected = np.float32([[0, 6 / 8, 2 / 7, np.nan]])
    np.testing.assert_allclose(cell_shares(labels, (1, 4)), expected, rtol=1e-6)


def test_cells_take_the_label_that_three_quarters_agree_on():
    labels = np.zeros((8, 32), np.uint8)
    labels[:, 8:16] = 1
    labels[:4, 16:24] = 1  # half and half
    labels[:, 24:] = 255
    np.testing.assert_array_equal(cell_labels(labels, (1, 4)), [[0, 1, 255, 255]])


CROP = (203.4, 51.8, 421.0, 350.2)


@pytest.mark.parametrize("size", [128, 300.5])
def test_a_corner_of_a_crop_comes_back_from_its_cell_within_half_a_cell(size):
    framing = crop_frame(360, 640, CROP, size)
    corners = np.array([[204.0, 52.0], [420.0, 52.0], [204.0, 349.0], [420.0, 349.0]])
    cells = np.rint((framing.to_canvas(corners) + 0.5) / 8 - 0.5)
    assert (cells >= 0).all() and (cells <= np.array(framing.cells)[::-1] - 1).all()
    assert np.abs(framing.cells_to_source(cells) - corners).max() <= 4 / framing.scale + 1e-9


@pytest.mark.parametrize("size", [128, 300.5])
def test_a_square_in_a_crop_lies_where_the_coordinates_say(size):
    frame = np.zeros((360, 640, 3), np.uint8)
    frame[300:340, 380:410] = 255
    framing = crop_frame(360, 640, CROP, size)
    rows, cols = np.nonzero(framing.apply(frame)[..., 0] > 127)
    middle = framing.to_source([cols.mean(), rows.mean()])
    np.testing.assert_allclose(middle, [394.5, 319.5], atol=0.6 / min(framing.scale, 1))


def test_outside_a_crop_there_is_nobody():
    framing = crop_frame(360, 640, CROP, 200)
    person = framing.restore(np.ones(framing.cells, np.float32))
    labels = framing.restore_labels(np.full((framing.rows, framing.cols), 7, np.uint8))
    assert person[53:349, 205:420].min() == 1 and (labels[53:349, 205:420] == 7).all()
    beyond = 8 / framing.scale + 3  # the fill to whole cells, and a pixel of the canvas
    for values in (person, labels):
        assert not values[:49].any() and not values[:, :200].any()
        assert not values[:, 421 + int(beyond) :].any()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_frame_is_restored_to_its_very_edges(shape):
    framing = fit_frame(*shape, 67)
    assert framing.restore(np.ones(framing.cells, np.float32)).min() == 1


def test_a_scaled_canvas_is_of_whole_cells_and_of_one_at_least():
    assert scale_canvas(200, 264, 1.0) == (200, 264)
    assert scale_canvas(200, 264, 0.75) == (152, 200)  # 18.75 and 24.75 cells
    assert scale_canvas(8, 64, 0.25) == (8, 16)


def test_a_frame_that_lies_on_the_canvas_whole_is_seen_whole():
    assert fit_frame(240, 360, 80).seen(4 / 3) == (slice(0, 240), slice(0, 360))
    assert fit_frame(360, 240, 80).seen(4 / 3) == (slice(0, 360), slice(0, 240))


def test_of_a_crop_that_is_seen_which_lies_on_the_canvas_and_as_much_beside_as_is_asked():
    middle = Framing(480, 854, scale=2.0, left=-800.0, top=-400.0, rows=240, cols=160)
    assert middle.seen() == (slice(200, 320), slice(400, 480))
    assert middle.seen(4 / 3) == (slice(200, 320), slice(360, 520))
    corner = Framing(480, 854, scale=2.0, left=-1600.0, top=24.0, rows=240, cols=160)
    assert corner.seen(4 / 3) == (slice(0, 108), slice(854 - 144, 854))


@pytest.mark.parametrize("shape", [(64, 96), (128, 64)])
def test_a_frame_that_shrinks_is_averaged_and_loses_no_light(shape):
    frame = np.zeros((*shape, 3), np.uint8)
    frame[::2, ::2] = 200  # one pixel of four
    shrunk = fit_frame(*shape, 32).apply(frame)
    assert shrunk.mean() == pytest.approx(50, abs=3)
    assert shrunk.std() < 25  # of single pixels it would be 87
    [resized] = resize_area(frame[None], shape[0] // 4, shape[1] // 4)
    assert (resized == 50).all()
