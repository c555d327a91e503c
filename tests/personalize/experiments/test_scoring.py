import numpy as np
import pytest

from personalize.datasets.labelled import labelled_people
from personalize.experiments.scoring import Score, Square, read_squares, score


def test_the_silhouette_of_labels_is_open_where_they_are():
    labels = np.array([[0, 7, 255]], np.uint8)
    assert Square(None, labels).silhouette.tolist() == [[0, 1, 255]]
    assert Square(None, labels).silhouette.dtype == np.uint8


def test_scores_are_those_of_the_pooled_counts():
    parts = np.zeros((32, 32), np.int64)
    parts[0, 0], parts[7, 7], parts[7, 0], parts[20, 0] = 90, 3, 1, 2
    one = Score(parts, np.array([[90, 0], [3, 9]]))
    assert one.parts_accuracy == pytest.approx((3 / 4 + 0) / 2)
    assert one.parts_iou == pytest.approx((3 / 4 + 0) / 2)
    assert one.person_iou == pytest.approx(9 / 12)
    assert list(one.report()) == ["parts_iou", "parts_accuracy", "person_iou"]


def test_people_are_read_for_a_network_of_any_size(rendered_set):
    squares = read_squares(labelled_people("rendered", rendered_set, "test")[:2], 96)
    assert [square.image.shape for square in squares] == [(96, 96, 3)] * 2
    assert squares[0].labels.shape == (64, 64)
    assert squares[0].labels[32, [2, 20, 40]].tolist() == [0, 7, 20]


def test_every_cell_is_counted_once(rendered_set, square_network):
    squares = read_squares(labelled_people("rendered", rendered_set, "test"), 64)
    found = score(square_network, squares, 32, batch=3)
    assert found.parts.sum() == found.person.sum() == 4 * 64 * 64
    assert found.parts[7].sum() == 4 * 32 * 16
    assert found.person_iou > 0.5  # the network knows bright squares


def test_cells_beside_a_picture_are_not_counted_and_freiburg_has_fifteen_labels(
    write_freiburg, square_network, tmp_path
):
    (tmp_path / "list.txt").write_text("img_01\n")
    item = labelled_people("freiburg", write_freiburg(), "test", tmp_path / "list.txt")[0]
    squares = read_squares([item], 64)
    squares[0].labels[:32] = 255
    found = score(square_network, squares, 15)
    assert found.parts.shape == (15, 15)
    assert found.parts.sum() == 32 * 64
