import numpy as np

from personalize.evidence.part_colours import PartColours
from personalize.evidence.window_colours import learn_colours
from personalize.stages.appearance import Appearance


def test_without_colours_nothing_is_cut_and_no_part_is_weighed():
    canvas, parts = np.zeros((64, 96, 3), np.uint8), np.full((32, 8, 12), 1 / 32, np.float32)
    nothing = Appearance(None, None)
    assert nothing.cut_out(canvas, np.ones((8, 12), np.float32)) is None
    assert nothing.weigh(canvas, parts) is parts


def test_colours_cut_the_person_out_and_weigh_the_parts(square_frames):
    frames, masks = square_frames
    colours = learn_colours(frames, masks.astype(np.float32))
    odds = np.zeros((1, 32), np.float32)
    odds[0, 7] = 2.0
    known = Appearance(colours, PartColours(np.zeros((1, 3), np.float32), odds))
    cells = np.float32(masks[0][4::8, 4::8])
    cut = known.cut_out(frames[0], cells)
    assert (cut & masks[0]).sum() / (cut | masks[0]).sum() > 0.95
    weighed = known.weigh(frames[0], np.full((32, 8, 12), 1 / 32, np.float32))
    assert (weighed.argmax(axis=0) == 7).all()
