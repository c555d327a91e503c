from dataclasses import replace
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
import torch
from skimage.segmentation import expand_labels

from personalize.evaluation.outlines import outline_distance
from personalize.imaging.framing import fit_frame
from personalize.imaging.settings import DetailSettings
from personalize.imaging.shades import SHADES, number_shades
from personalize.imaging.track import Track
from personalize.network.factored import FactoredNetwork
from personalize.network.inference import consensus, look, merge, predict_person
from personalize.network.settings import VIEWS, View
from personalize.parts import MIRRORED
from personalize.stages.parse import Parser
from personalize.stages.parsed_frame import ParsedFrame
from personalize.stages.settings import ParseSettings
from personalize.stages.silhouette import find_silhouette, keep_one


def parser_of(network, framing, **changes):
    """A parser that looks once at every frame."""
    return Parser(network, Track.still(framing), ParseSettings(views=VIEWS["1"]), **changes)


def test_probabilities_are_probabilities(square_network, square_frames):
    looked = look(square_network, square_frames[0][:3])
    parts = merge(square_network, looked)
    assert looked.person.shape == (3, 2, 8, 12)
    assert parts.shape == (3, 32, 8, 12)
    np.testing.assert_allclose(parts.sum(axis=1), 1, atol=1e-5)


def test_the_person_alone_is_predicted_as_with_the_parts(square_network, square_frames):
    together = look(square_network, square_frames[0]).person
    alone = predict_person(square_network, square_frames[0], batch=5)
    np.testing.assert_allclose(alone, together[:, 1], atol=1e-5)


def test_a_silhouette_rests_on_the_factor_and_on_the_parts():
    person, parts = np.float32([[0.9, 0.2, 0.45]]), np.zeros((32, 1, 3), np.float32)
    parts[0], parts[7], parts[20] = (0.3, 0.1, 1.0), (0.5, 0.2, 0.0), (0.2, 0.7, 0.0)
    np.testing.assert_allclose(consensus(person, parts), [[0.8, 0.55, 0.225]], atol=1e-6)


def test_what_no_colours_cut_out_is_the_consensus(square_network, square_frames):
    frames, framing = square_frames[0], fit_frame(64, 96, 78)
    differ = 0
    for frame, result in parser_of(square_network, framing).frames(frames):
        canvas = framing.apply(frame)
        expected = find_silhouette(canvas, consensus(result.person, result.parts), framing)
        np.testing.assert_array_equal(result.silhouette, expected)
        differ += (expected != find_silhouette(canvas, result.person, framing)).sum()
    assert differ > 0  # else nothing was tested


def test_threads_change_nothing_and_read_only_a_few_frames_ahead(square_network, square_frames):
    frames, framing, read = [*square_frames[0]] * 3, fit_frame(64, 96, 78), []
    watched = (read.append(number) or frame for number, frame in enumerate(frames))
    several = parser_of(square_network, framing, batch=2, workers=2).frames(watched)
    alone = parser_of(square_network, framing, batch=2).frames(frames)
    for number, ((_, one), (frame, other)) in enumerate(zip(alone, several, strict=True)):
        assert frame is frames[number]
        np.testing.assert_array_equal(one.parts, other.parts)
        np.testing.assert_array_equal(one.silhouette, other.silhouette)
        np.testing.assert_array_equal(one.xy, other.xy)
        assert len(read) <= number + 2 * (2 + 2)  # two batches of each thread
    assert len(read) == len(frames)


@pytest.mark.parametrize(("side", "somebody"), [(15, False), (17, True)])
def test_a_speck_is_nobody(side, somebody, square_network, monkeypatch):
    def merge(*_):
        parts = np.zeros((1, 32, 8, 12), np.float32)
        parts[0, 27, 3, 4] = 0.9  # a head that wins a cell
        parts[:, 0] = 1 - parts[:, 27]
        return parts

    seen = np.zeros((64, 96), bool)
    seen[20 : 20 + side, 30 : 30 + side] = True
    monkeypatch.setattr("personalize.stages.parse.find_silhouette", lambda *_: seen.copy())
    monkeypatch.setattr("personalize.stages.parse.merge", merge)
    dark, framing = np.full((64, 96, 3), 40, np.uint8), fit_frame(64, 96, 78)
    [(_, result)] = parser_of(square_network, framing).frames([dark])
    assert result.silhouette.any() == somebody
    assert np.isnan(result.xy).all() != somebody
    assert result.found.any() == somebody
    [(_, result)] = parser_of(square_network, framing).always().frames([dark])
    assert not np.isnan(result.xy).any()  # every joint, wherever it is
    given = Mock(**{"get.return_value": seen & (np.arange(96) < 32)})
    [(_, result)] = parser_of(square_network, framing).frames([dark], silhouettes=given)
    assert result.silhouette.any()  # as it was given


def test_of_two_people_the_one_stays_who_was_seen_before(square_network, monkeypatch):
    left, right = np.zeros((2, 64, 96), bool)
    left[8:56, 8:32], right[8:56, 64:88] = True, True
    heads = iter([(0.9, 0.8), (0.7, 0.9), (0.2, 0.9), (0.9, 0.7)])

    def merge(*_):
        parts = np.zeros((1, 32, 8, 12), np.float32)
        for cells, head in zip((np.s_[0, 27, 1:7, 1:4], np.s_[0, 27, 1:7, 8:11]), next(heads)):
            parts[cells] = head
        parts[:, 0] = 1 - parts[:, 27]
        return parts

    monkeypatch.setattr("personalize.stages.parse.find_silhouette", lambda *_: left | right)
    monkeypatch.setattr("personalize.stages.parse.merge", merge)
    frames, framing = np.zeros((4, 64, 96, 3), np.uint8), fit_frame(64, 96, 78)
    parsed = parser_of(square_network, framing, batch=1).frames(frames)
    for (_, result), somebody in zip(parsed, (left, left, right, right)):
        np.testing.assert_array_equal(result.silhouette, somebody)
        assert somebody[tuple(result.xy[0].astype(int)[::-1])]  # and so are the joints


def test_of_two_people_the_one_is_kept_who_is_expected_there():
    left, right = np.zeros((2, 128, 128), bool)
    left[8:120, 8:56], right[8:120, 72:120] = True, True
    parts = np.zeros((32, 8, 8), np.float32)
    parts[27, 1:7, 1:3], parts[27, 1:7, 5:7] = 0.5, 0.9
    for place, somebody in (((8, 8, 56, 120), left), ((72, 8, 120, 120), right), (None, right)):
        place = None if place is None else np.array(place, float)
        kept = keep_one(left | right, parts, None, FRAMING, place)
        np.testing.assert_array_equal(kept, somebody)


def test_who_is_not_in_view_is_left_out(square_network, square_frames):
    frames = square_frames[0][:2]
    track = Track.still(fit_frame(64, 96, 78), seen=np.array([0, 2], np.uint8))
    settings = ParseSettings(views=VIEWS["1"], doubt=0.0, present=1.0)
    absent, present = (
        result for _, result in Parser(square_network, track, settings).frames(frames)
    )
    assert (absent.seen, present.seen) == ("no", "yes")
    assert not absent.silhouette.any() and np.isnan(absent.xy).all()
    assert present.silhouette.any()
    bold = Parser(square_network, track, replace(settings, present=0.0))
    assert [result.seen for _, result in bold.frames(frames)] == ["yes", "yes"]
    shy = Parser(square_network, track, replace(settings, doubt=1.0))
    assert [result.seen for _, result in shy.frames(frames)] == ["no", "doubt"]


def test_an_injected_silhouette_reaches_the_parts(square_network, square_frames):
    seen = look(square_network, square_frames[0][:1])
    plain = merge(square_network, seen)
    injected = merge(square_network, seen, [torch.zeros((64, 96))])
    assert np.abs(plain - injected).max() > 1e-4


def test_what_is_sharpened_is_the_silhouette_and_is_injected(square_network, square_frames):
    frames, framing = square_frames[0][:3], fit_frame(64, 96, 78)
    half = np.zeros((framing.rows, framing.cols), bool)
    half[:, : framing.cols // 2] = True
    plain = list(parser_of(square_network, framing).frames(frames))
    seen = Mock(
        **{
            "doubt": lambda _, person: person / 2,
            "cut_out.side_effect": [half, None, half],
            "weigh": lambda _, parts: parts,
            "refine.sure": 0.7,
        }
    )
    sharp = list(parser_of(square_network, framing, appearance=seen).frames(frames))
    for (_, before), call in zip(plain, seen.cut_out.call_args_list):
        both = consensus(before.person, before.parts)
        np.testing.assert_allclose(call.args[1], both / 2, atol=1e-6)  # what is doubted is cut
    for (_, before), (_, after), cut in zip(plain, sharp, (True, False, True)):
        np.testing.assert_array_equal(before.person, after.person)
        assert (np.abs(before.parts - after.parts).max() > 1e-4) == cut
        assert np.array_equal(before.silhouette, after.silhouette) != cut
    np.testing.assert_array_equal(sharp[0][1].silhouette[:, :47], True)
    np.testing.assert_array_equal(sharp[0][1].silhouette[:, 49:], False)


def test_every_frame_comes_back_with_its_parsing_whatever_the_batch():
    torch.manual_seed(0)
    network = FactoredNetwork().eval()
    random = np.random.default_rng(0)
    frames = random.integers(0, 255, (5, 45, 61, 3), dtype=np.uint8)
    framing = fit_frame(45, 61, 48)
    by_two = list(parser_of(network, framing, batch=2).frames(frames))
    at_once = list(parser_of(network, framing, batch=5).frames(frames))
    assert len(by_two) == 5
    for (frame, one), (same, other) in zip(by_two, at_once):
        assert frame is same or np.array_equal(frame, same)
        np.testing.assert_allclose(one.person, other.person, atol=1e-5)
        np.testing.assert_allclose(one.xy, other.xy, atol=1e-2)


def test_mirrored_frames_parse_as_the_mirror_image_with_sides_exchanged(
    square_network, square_frames
):
    frames = square_frames[0][:2]
    here = merge(square_network, look(square_network, frames, views=VIEWS["2"]))
    there = merge(square_network, look(square_network, frames[:, :, ::-1], views=VIEWS["2"]))
    np.testing.assert_allclose(there, here[:, list(MIRRORED)][..., ::-1], atol=1e-5)


def test_both_views_count_alike(square_network, square_frames):
    frames = square_frames[0][:1]
    here = predict_person(square_network, frames)
    there = predict_person(square_network, frames[:, :, ::-1])[..., ::-1]
    both = predict_person(square_network, frames, views=VIEWS["2"])
    np.testing.assert_allclose(both, (here + there) / 2, atol=1e-6)
    assert abs(here - there).max() > 1e-3  # else nothing was tested


def test_an_injected_silhouette_is_mirrored_with_the_frame(square_network, square_frames):
    frames = square_frames[0][:1]
    left = np.zeros(frames.shape[1:3], bool)
    left[:, : left.shape[1] // 3] = True
    seen = look(square_network, frames, views=VIEWS["2"])
    parts = merge(square_network, seen, [torch.from_numpy(left)])
    mirrored = look(square_network, frames[:, :, ::-1], views=VIEWS["2"])
    again = merge(square_network, mirrored, [torch.from_numpy(left[:, ::-1].copy())])
    np.testing.assert_allclose(again, parts[:, list(MIRRORED)][..., ::-1], atol=1e-5)


def test_a_view_of_another_scale_shows_the_person_in_the_same_place(square_network, square_frames):
    frames = square_frames[0][:1]
    plain, larger, smaller = (
        predict_person(square_network, frames, views=(View(scale),))[0]
        for scale in (1.0, 1.5, 0.75)
    )
    assert plain.shape == larger.shape == smaller.shape
    for other in (larger, smaller):
        assert np.abs(np.subtract(centre(other), centre(plain))).max() < 0.7
        assert np.abs(other - plain).max() > 1e-3


def centre(person):
    """Row and column of the centre of mass of a map."""
    return [(places * person).sum() / person.sum() for places in np.indices(person.shape)]


def test_a_known_silhouette_reaches_every_view(square_network, square_frames):
    frames = square_frames[0][:1]
    views = (View(1.0), View(1.5, mirrored=True))
    left = np.zeros(frames.shape[1:3], bool)
    left[:, : left.shape[1] // 2] = True
    plain, told = (
        merge(square_network, look(square_network, frames, views=views), known)
        for known in (None, [torch.from_numpy(left)])
    )
    alone = [
        merge(square_network, look(square_network, frames, views=(view,)), [torch.from_numpy(left)])
        for view in views
    ]
    np.testing.assert_allclose(told, sum(alone) / 2, atol=1e-5)
    assert np.abs(plain - told).max() > 1e-4


FRAMING = fit_frame(128, 128, 64)  # two source pixels a canvas pixel


def parsed(cells, label, silhouette):
    """A frame whose part `label` fills the cells, as surely as may be."""
    parts = np.zeros((32, *cells.shape), np.float32)
    parts[label], parts[0] = cells, ~cells
    nowhere, unfound = np.full((13, 2), np.nan), np.zeros(13, bool)
    person = cells.astype(np.float32)
    return ParsedFrame(person, parts, nowhere, np.zeros(13), unfound, silhouette, FRAMING)


def test_silhouette_and_parts_lie_where_the_cells_are():
    cells = np.zeros((8, 8), bool)
    cells[2:6, 1:4] = True
    bright = cells.repeat(8, axis=0).repeat(8, axis=1)[..., None] * np.full(3, 90, np.uint8)
    silhouette = find_silhouette(bright, cells.astype(np.float32), FRAMING)
    labels = parsed(cells, 7, silhouette).part_labels()
    assert silhouette.shape == labels.shape == (128, 128)
    assert set(np.unique(labels)) == {0, 7}
    for mask in (silhouette, labels == 7):
        rows, cols = np.nonzero(mask)
        np.testing.assert_allclose([rows.mean(), cols.mean()], [63.5, 39.5], atol=1)
        assert abs(mask.sum() - 12 * 16 * 16) < 300


def test_parts_end_where_the_silhouette_does():
    silhouette = np.zeros((128, 128), bool)
    silhouette[40:80, 40:80] = True
    labels = parsed(np.ones((8, 8), bool), 7, silhouette).part_labels()
    np.testing.assert_array_equal(labels == 7, silhouette)


def test_parts_reach_a_silhouette_that_is_near_but_not_one_that_is_far():
    cells = np.zeros((8, 8), bool)
    cells[:, :4] = True
    silhouette = np.zeros((128, 128), bool)
    silhouette[:, :120] = True
    labels = parsed(cells, 7, silhouette).part_labels()
    assert (labels[:, :76] == 7).all()
    assert (labels[:, 84:] == 0).all()


@pytest.mark.parametrize(
    "box", [(0, 40, 0, 30), (30, 64, 60, 96), (20, 35, 30, 55), (2, 63, 1, 95)]
)
def test_parts_are_told_near_the_silhouette_as_on_the_whole_canvas(box):
    random = np.random.default_rng(1)
    parts = random.random((32, 16, 24)).astype(np.float32) ** 4
    parts[0] += cv2.GaussianBlur(random.random((16, 24)), (0, 0), 2).astype(np.float32)
    framing = replace(fit_frame(64, 96, 156.77), left=5.0, top=-3.0)
    assert (framing.rows, framing.cols) == (128, 192)
    silhouette = np.zeros((64, 96), bool)
    silhouette[box[0] : box[1], box[2] : box[3]] = True
    nothing = np.zeros(0)
    parsed = ParsedFrame(parts[0], parts, nothing, nothing, nothing, silhouette, framing)
    whole = np.stack([cv2.resize(part, (192, 128)) for part in parts]).argmax(axis=0)
    whole = expand_labels(whole.astype(np.uint8), distance=8)
    wanted = np.where(silhouette, framing.restore_labels(whole), 0)
    assert len(np.unique(wanted)) > 3
    assert np.array_equal(parsed.part_labels(), wanted)


def test_who_is_large_in_a_large_frame_has_a_finer_outline_and_the_same_joints(
    square_network, square_frames
):
    frames, masks = square_frames
    large = np.stack([cv2.resize(frame, (384, 256)) for frame in frames[:2]])
    framing = fit_frame(256, 384, 78)  # a pixel of the canvas is four of the frame
    parser = parser_of(square_network, framing)
    plain = replace(parser.settings, detail=DetailSettings(side=0))
    for (_, fine), (_, coarse), mask in zip(
        parser.frames(large), replace(parser, settings=plain).frames(large), masks
    ):
        truth = cv2.resize(mask.astype(np.uint8), (384, 256), interpolation=cv2.INTER_NEAREST) > 0
        assert outline_distance(truth, fine.silhouette) < outline_distance(truth, coarse.silhouette)
        np.testing.assert_array_equal(fine.xy, coarse.xy)
        assert (fine.part_labels()[~fine.silhouette] == 0).all()


def test_who_wears_the_colours_of_others_is_left_out(square_network, square_frames):
    frame, mask = square_frames[0][0], square_frames[1][0]
    worn, behind = (
        np.bincount(number_shades(frame)[side], minlength=SHADES) / side.sum()
        for side in (mask, ~mask)
    )
    track, seen = Track.still(fit_frame(64, 96, 78)), []
    for shades, met in (((worn, behind), True), ((behind, worn), True), ((behind, worn), False)):
        told = replace(track, shades=np.stack(shades), met=np.array([met]))
        [(_, result)] = Parser(square_network, told, ParseSettings()).frames([frame])
        seen.append((result.silhouette & mask).sum() / mask.sum())
    assert seen[0] > 0.7 and seen[1] < 0.2 and seen[2] > 0.7


def test_who_is_in_doubt_is_looked_for_at_their_place_alone(square_network, square_frames):
    frame, mask = square_frames[0][0], square_frames[1][0]
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    there = np.array([cols[0], rows[0], cols[-1] + 1.0, rows[-1] + 1.0])
    aside = there + (40, 0, 40, 0) if cols[-1] < 48 else there - (40, 0, 40, 0)
    seen = []
    for place in (there, aside):
        track = Track.still(fit_frame(64, 96, 78), seen=np.uint8([1]), place=place[None])
        [(_, result)] = Parser(square_network, track, ParseSettings()).frames([frame])
        seen.append(result.silhouette.sum())
    assert seen[0] > 0.7 * mask.sum() and seen[1] < 0.2 * mask.sum()
