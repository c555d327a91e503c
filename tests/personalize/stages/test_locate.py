from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from personalize.imaging.framing import Framing, crop_frame, fit_frame
from personalize.imaging.shades import number_shades
from personalize.media.clip import Pictures, spread_frames
from personalize.network.inference import look, merge
from personalize.stages import locate
from personalize.stages.find import box_of
from personalize.stages.settings import (
    CameraSettings,
    FollowSettings,
    LocateSettings,
    OtherSettings,
)

SETTINGS = LocateSettings(
    sizes=(256,), camera=CameraSettings(least=64), follow=FollowSettings(doubt=0.0)
)


def locate_person(network, frames, **options):
    """The track of pictures that are in memory."""
    return locate.locate_person(network, Pictures(frames), **{"settings": SETTINGS, **options})


class BrightIsPerson:
    """Takes bright cells for the person, and red ones for the head."""

    device = torch.device("cpu")

    def features(self, images):
        return avg_pool2d(images, 8)

    def person(self, cells):
        return self.odds(cells).softmax(dim=1)

    def odds(self, cells):
        person = 20 * (cells.amax(dim=1) - 0.5)
        return torch.stack([-person, person], dim=1)

    def parts(self, cells, person):
        parts = torch.full((len(cells), 32, *cells.shape[2:]), -20.0)
        parts[:, [0, 7]] = self.odds(cells)
        parts[:, 27] = 40 * (cells[:, 0] - cells[:, 1] - 0.5)
        return parts.softmax(dim=1)


@pytest.fixture(scope="module")
def network():
    return BrightIsPerson()


def frames_of(boxes, *, height=360, width=640):
    """Draw a person of each box (left, top, right, bottom), with a head of 40 pixels on top."""
    frames = np.zeros((len(boxes), height, width, 3), np.uint8)
    for frame, (left, top, right, bottom) in zip(frames, boxes):
        frame[top:bottom, left:right] = 255
        middle = (left + right) // 2
        frame[top : top + 40, middle - 20 : middle + 20] = (255, 0, 0)
    return list(frames)


def test_looks_are_spread_over_the_video():
    assert spread_frames(100, 4) == [12, 37, 62, 87]
    assert spread_frames(3, 32) == [0, 1, 2]


def test_a_known_box_is_found_and_its_head_gets_the_size_that_was_asked_for(network):
    track = locate_person(network, frames_of([(300, 80, 400, 280)] * 4))
    left, top, right, bottom = Framing.edges(track[0])
    assert track.is_still
    assert 230 < left < 290 and 20 < top < 70
    assert 410 < right < 480 and 290 < bottom < 350
    assert track[0].scale * 40 == pytest.approx(42, rel=0.15)  # heads are counted in cells


def test_one_frame_is_enough_where_there_is_no_more(network):
    one, two = (locate_person(network, frames_of(k * [(300, 80, 400, 280)])) for k in (1, 2))
    assert one[0] == two[0]


def test_a_video_without_a_person_keeps_the_whole_frame_and_shows_nobody(network):
    track = locate_person(network, [np.zeros((360, 640, 3), np.uint8)] * 4)
    assert track[0] == fit_frame(360, 640, 256)
    assert track.seen_in(2) == "no"


def test_a_limb_that_is_stretched_out_in_two_frames_is_not_cut(network):
    frames = frames_of([(300, 80, 400, 280)] * 8)
    for frame in frames[:2]:
        frame[160:200, 400:560] = 255
    assert Framing.edges(locate_person(network, frames)[0])[2] >= 560


def test_of_several_sizes_that_is_taken_in_which_the_person_is_best_seen(network):
    frames = frames_of([(300, 80, 400, 280)] * 4)
    sizes = replace(SETTINGS, sizes=(96, 256, 400))
    one, other = (locate_person(network, frames, settings=s) for s in (SETTINGS, sizes))
    assert Framing.edges(one[0]) == pytest.approx(Framing.edges(other[0]), abs=20)


def framing_of_one_size(network, frames, rounds=2, size=256, head=42.0, least=64.0, most=440.0):
    """The framing by the rule of before anybody was followed: the largest piece that the network
    likes, in two looks, the first at whole frames; what two frames show is held.
    """
    height, width = frames[0].shape[:2]
    framing = fit_frame(height, width, size)
    for _ in range(rounds):
        looked = look(network, np.stack([framing.apply(frame) for frame in frames]))
        parts, boxes, heads = merge(network, looked), [], []
        for person, part in zip(looked.person[:, 1].numpy(), parts):
            _, pieces, counts, _ = cv2.connectedComponentsWithStats(np.uint8(person >= 0.5))
            mask = pieces == 1 + counts[1:, cv2.CC_STAT_AREA].argmax()
            boxes.append(box_of(mask, framing))
            near = cv2.dilate(np.uint8(mask), np.ones((3, 3), np.uint8)) > 0
            heads.append(np.sqrt(part[27:31][:, near].sum()) * 8 / framing.scale)
        side, boxes = np.median(heads), np.sort(boxes, axis=0)
        agree = 2 if len(boxes) >= 8 else 1
        left, top, right, bottom = *boxes[agree - 1, :2], *boxes[-agree, 2:]
        box = np.array([left, top, right, bottom]) + 1.5 * side * np.array([-1, -1, 1, 1])
        box = np.clip(box, 0, (width, height, width, height))
        area = (box[2] - box[0]) * (box[3] - box[1])
        canvas = np.clip(np.sqrt(area) * head / side, least, most)
        framing = crop_frame(height, width, box, float(canvas))
    return framing


@pytest.mark.parametrize(
    ("size", "boxes"),
    [
        ((360, 640), [(300, 80, 400, 280)] * 40),
        ((360, 640), [(left, 80, left + 100, 280) for left in (290, 300, 316, 320) * 3]),
    ],
)
def test_who_keeps_their_size_in_a_still_picture_is_framed_as_before_to_the_pixel(
    network, size, boxes
):
    height, width = size
    frames = frames_of(boxes, height=height, width=width)
    before = framing_of_one_size(network, [frames[k] for k in spread_frames(len(frames), 32)])
    track = locate_person(network, frames)
    assert track.is_still
    assert (track.rows, track.cols) == (before.rows, before.cols)
    np.testing.assert_allclose(track[0].edges(), before.edges(), rtol=0, atol=1e-5)
    sizes = locate_person(network, frames, settings=replace(SETTINGS, sizes=(160, 256, 400)))
    cells = 2 * 8 * (height * width) ** 0.5 / 256  # of the look that tells less
    np.testing.assert_allclose(sizes[0].edges(), before.edges(), rtol=0, atol=cells)


def test_a_portrait_video_is_cropped_within_its_frame(network):
    frames = frames_of([(60, 300, 160, 500)] * 3, height=640, width=360)
    left, top, right, bottom = Framing.edges(locate_person(network, frames)[0])
    assert left >= -1e-6 and left < 50 and 170 < right < 250
    assert 230 < top < 290 and 510 < bottom < 580


def test_who_walks_is_followed_through_every_frame(network):
    boxes = [(left, 100, left + 60, 260) for left in range(20, 560, 18)]
    follow = replace(SETTINGS, camera=CameraSettings(least=64, most=160))
    track = locate_person(network, frames_of(boxes), settings=follow)
    assert not track.is_still
    for number, (start, _, stop, _) in enumerate(boxes):
        left, _, right, _ = Framing.edges(track[number])
        assert left <= start + 8 and right >= stop - 8


def test_whom_the_user_points_at_is_found(network):
    frames = frames_of([(100, 80, 200, 280)] * 4)
    for frame, other in zip(frames, frames_of([(420, 80, 520, 280)] * 4)):
        np.maximum(frame, other, out=frame)
    for x in (150, 470):
        left, _, right, _ = Framing.edges(locate_person(network, frames, clicks={1: (x, 200)})[0])
        assert left < x < right and right - left < 300


def test_the_colours_of_others_are_learned_where_they_are_apart_from_the_person(network):
    frames = frames_of([(100 + 4 * k, 80, 200 + 4 * k, 280) for k in range(8)])
    settings = replace(SETTINGS, others=OtherSettings(sure=0.0))
    assert not len(locate_person(network, frames, settings=settings).shades)
    for frame in frames:
        frame[80:280, 420:520] = (0, 255, 0)
        frame[80:120, 450:490] = (255, 0, 0)
    clicks = {0: (150.0, 200.0)}
    track = locate_person(network, frames, clicks=clicks, settings=settings)
    alone = replace(settings, others=OtherSettings(sure=1.0))
    unmet = locate_person(network, frames, clicks=clicks, settings=alone)
    assert not len(unmet.shades) and unmet[0] == track[0]  # others do not change the crop
    person, other = track.shades_in(3)
    white, green = number_shades(np.uint8([[(255, 255, 255), (0, 255, 0)]]))[0]
    assert person[white] > 0.5 > other[white]
    assert other[green] > 0.5 > person[green]


def test_looks_are_dense_where_somebody_comes_or_goes(network):
    boxes = [(100, 80, 200, 280)] * 90
    frames = frames_of(boxes)
    for frame in frames[57:]:
        frame[:] = 0
    few = replace(SETTINGS, looks=4)
    track = locate_person(network, frames, settings=few)
    assert {track.seen_in(number) for number in range(54)} == {"yes"}
    assert {track.seen_in(number) for number in range(60, 90)} == {"no"}
