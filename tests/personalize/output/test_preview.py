import numpy as np

from personalize.output.preview import draw_labels, draw_sheet


def test_what_is_not_labelled_is_grey_and_background_dark():
    canvas = np.full((8, 24, 3), 100, np.uint8)
    drawn = draw_labels(canvas, np.array([[1, 0, 255]], np.uint8))
    assert drawn[4, [4, 12, 20], 0].tolist() == [100, 20, 128]
    assert (draw_labels(canvas, None) == 128).all()


def test_a_sheet_shows_at_most_six_images_of_any_shape(square_network, square_frames):
    frames = [*square_frames[0][:8], square_frames[0][8][:, :64]]
    labels = [mask.astype(np.uint8) for mask in square_frames[1][:9]]
    labels[8] = None
    sheet = draw_sheet(frames, labels, square_network, square_network)
    assert sheet.shape == (24 + 6 * 256, 4 * 256, 3)
    rows = sheet[24:].reshape(6, 256, 4, 256, 3)
    np.testing.assert_array_equal(rows[:, :, 2], rows[:, :, 3])  # one network twice
    assert rows[0, 0, 0].min() == 255  # white above a wide image
    assert (rows[5, 128, 1] == 128).any()  # of the last image nothing was learned
    two = draw_sheet(frames[:2], labels[:2], square_network, square_network)
    assert two.shape == (24 + 2 * 256, 4 * 256, 3)
