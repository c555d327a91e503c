from dataclasses import replace

import numpy as np
import pytest

from personalize import parts
from personalize.evaluation.segmentation import intersection_over_union
from personalize.live.session import LiveSession, cover, drop_specks, label, nobody, warm_up
from personalize.live.settings import LiveSettings
from personalize.stages.settings import CameraSettings, FollowSettings, LocateSettings

EASY = LiveSettings(
    camera=CameraSettings(head=20.0, least=60.0, margin=0.5),
    locate=LocateSettings(sizes=(64, 78), follow=FollowSettings(doubt=0.05, sure=0.1)),
    step=8,
    patience=3,
)
EASY = replace(EASY, parse=replace(EASY.parse, doubt=0.05))
"""A square has a head of 20 pixels, and is hardly built like a person."""


@pytest.fixture
def session(square_network):
    return LiveSession(square_network, EASY)


def test_the_person_is_found_and_followed(session, square_frames):
    frames, masks = square_frames
    answers = [session.answer(frame) for frame in frames]
    found = [answer for answer in answers if answer.seen == "yes"]
    assert len(found) >= 10
    overlap = [
        intersection_over_union(answer.in_frame().silhouette, mask)
        for answer, mask in zip(answers, masks)
        if answer.seen == "yes"
    ]
    assert np.mean(overlap) > 0.8


def test_an_answer_is_in_pixels_of_the_canvas_and_then_of_the_frame(session, square_frames):
    for answer in map(session.answer, square_frames[0]):
        canvas = answer.framing.rows, answer.framing.cols
        assert answer.coverage.shape == answer.labels.shape == canvas
        assert answer.coverage.dtype == answer.labels.dtype == np.uint8
        told = answer.in_frame()
        assert told.silhouette.shape == told.labels.shape == (64, 96)
        assert not told.labels[~told.silhouette].any()
        assert told.labels[told.silhouette].all()


def test_of_an_empty_picture_nothing_is_told(session):
    answer = session.answer(np.zeros((64, 96, 3), np.uint8))
    assert answer.seen == "no"
    assert not answer.coverage.any()
    assert np.isnan(answer.xy).all()
    assert session.crop is None


def test_whoever_leaves_is_searched_for_again(session, square_frames):
    for frame in square_frames[0][:3]:
        session.answer(frame)
    assert session.crop is not None
    for _ in range(EASY.patience):
        session.answer(np.zeros((64, 96, 3), np.uint8))
    assert session.crop is None


def test_frames_of_another_size_begin_anew(session, square_frames):
    for frame in square_frames[0][:3]:
        session.answer(frame)
    answer = session.answer(np.zeros((48, 64, 3), np.uint8))
    assert answer.in_frame().silhouette.shape == (48, 64)
    assert session.crop is None


def test_whoever_is_pointed_at_is_followed(square_network, square_frames):
    frame = np.concatenate([square_frames[0][0], square_frames[0][0]], axis=1)
    for x in (26, 122):
        session = LiveSession(square_network, EASY)
        session.answer(frame)
        session.point_at(x, 32)
        for _ in range(4):
            answer = session.answer(frame)
        shown = answer.in_frame().silhouette
        assert shown[32, x]
        assert not shown[32, 148 - x]


def test_labels_fill_the_silhouette_with_the_likeliest_part():
    maps = np.zeros((parts.CLASSES, 8, 8), np.float32)
    maps[parts.BACKGROUND] = 0.9
    maps[7, :, :4] = maps[20, :, 4:] = 0.1
    shown = np.zeros((64, 64), bool)
    shown[16:48, 16:48] = True
    labels = label(maps, shown)
    assert not labels[~shown].any()
    assert (labels[16:48, 16:30] == 7).all()
    assert (labels[16:48, 34:48] == 20).all()


def test_coverage_is_soft_at_the_edge_and_nothing_far_from_it():
    soft, shown = np.full((64, 64), 0.4, np.float32), np.zeros((64, 64), bool)
    soft[20:40, 20:40], shown[20:40, 20:40] = 1.0, True
    soft[30, 41], soft[30, 42] = 0.5, 0.2
    covered = cover(soft, shown, haze=0.25)
    assert covered[30, 30] == 255
    assert covered[30, 40] == 76  # (0.4 - 0.25) / 0.5 of 255
    assert covered[30, 41] == 128
    assert covered[30, 42] == 0
    assert covered[30, 60] == 0


def test_specks_are_not_shown():
    shown = np.zeros((64, 64), bool)
    assert not drop_specks(shown, 0.02).any()
    shown[10:40, 10:40] = shown[50:60, 50:60] = True
    wanted = shown.copy()
    shown[50:53, 10:13] = True
    np.testing.assert_array_equal(drop_specks(shown, 0.02), wanted)


def test_nobody_is_seen_in_a_frame_of_any_shape():
    for size in ((480, 640), (64, 600), (2, 2)):
        assert nobody(*size).in_frame().silhouette.shape == size


def test_an_engine_is_warm_after_a_black_picture(square_network):
    warm_up(square_network)
