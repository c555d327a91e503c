import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from personalize.imaging.framing import fit_frame
from personalize.media.clip import spread_frames
from personalize.stages.locate import locate_person
from personalize.stages.settings import LocateSettings

SETTINGS = LocateSettings(least=64)


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


def crop_of(framing):
    """Left, top, right and bottom edge of what a framing shows of its frame."""
    edges = framing.to_source([[-0.5, -0.5], [framing.cols - 0.5, framing.rows - 0.5]]) + 0.5
    return edges.ravel()


def test_looks_are_spread_over_the_video():
    assert spread_frames(100, 4) == [12, 37, 62, 87]
    assert spread_frames(3, 32) == [0, 1, 2]


def test_a_known_box_is_found_and_its_head_gets_the_size_that_was_asked_for(network):
    framing = locate_person(network, frames_of([(300, 80, 400, 280)] * 4), settings=SETTINGS)
    left, top, right, bottom = crop_of(framing)
    assert 230 < left < 290 and 20 < top < 70
    assert 410 < right < 480 and 290 < bottom < 350
    assert framing.scale * 40 == pytest.approx(42, rel=0.15)  # heads are counted in cells


def test_one_frame_is_enough_where_there_is_no_more(network):
    boxes = [(300, 80, 400, 280)]
    assert locate_person(network, frames_of(boxes)) == locate_person(network, frames_of(2 * boxes))


def test_a_video_without_a_person_keeps_the_whole_frame(network):
    frames = [np.zeros((360, 640, 3), np.uint8)] * 4
    assert locate_person(network, frames) == fit_frame(360, 640, 256)


def test_a_limb_that_is_stretched_out_in_two_frames_is_not_cut(network):
    frames = frames_of([(300, 80, 400, 280)] * 8)
    for frame in frames[:2]:
        frame[160:200, 400:560] = 255
    assert crop_of(locate_person(network, frames, settings=SETTINGS))[2] >= 560


def test_what_one_frame_alone_shows_does_not_widen_the_crop(network):
    boxes = [(300, 80, 400, 280)] * 7 + [(20, 60, 140, 340)]
    assert crop_of(locate_person(network, frames_of(boxes), settings=SETTINGS))[0] > 200


def test_a_person_who_walks_is_held_from_one_end_to_the_other(network):
    boxes = [(left, 100, left + 80, 260) for left in range(60, 481, 60)]
    left, _, right, _ = crop_of(locate_person(network, frames_of(boxes), settings=SETTINGS))
    assert left <= 100 and right >= 520  # the ends of the second and the last but one


def test_of_a_few_frames_every_one_is_held(network):
    boxes = [(100, 100, 180, 260), (400, 100, 480, 260)]
    left, _, right, _ = crop_of(locate_person(network, frames_of(boxes), settings=SETTINGS))
    assert left <= 100 and right >= 480


def test_a_portrait_video_is_cropped_within_its_frame(network):
    frames = frames_of([(60, 300, 160, 500)] * 3, height=640, width=360)
    framing = locate_person(network, frames, settings=SETTINGS)
    left, top, right, bottom = crop_of(framing)
    assert left >= -1e-6 and left < 50 and 170 < right < 250
    assert 230 < top < 290 and 510 < bottom < 580


def test_the_canvas_is_never_larger_than_the_most(network):
    frames = frames_of([(0, 0, 640, 360)] * 3)
    for frame in frames:  # a head that is hardly there
        frame[:40] = 255
        frame[160:180, 300:320] = (255, 0, 0)
    framing = locate_person(network, frames)
    assert framing.rows * framing.cols < 1.08 * LocateSettings().most ** 2
