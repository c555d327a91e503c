import pickle
from dataclasses import replace

import numpy as np
import pytest

from personalize.media.encode import VideoWriter
from personalize.media.video import open_source
from personalize.network.engines.openvino import OpenVinoEngine, is_available
from personalize.output.frame_store import Results
from personalize.procedures import parsing
from personalize.procedures import pieces as module
from personalize.procedures.pieces import Job, Pieces, parse_in_pieces, parse_piece
from personalize.procedures.tracking import find_track
from personalize.settings import RunSettings
from personalize.stages.parse import Parser
from personalize.storage import layout

SETTINGS = RunSettings(size=80)


def film(path, frames):
    """Write frames, without loss that matters, and open them."""
    with VideoWriter(path, fps=25) as writer:
        for frame in frames:
            writer.write(frame)
    return open_source(path)


@pytest.fixture(scope="module")
def two(square_frames, tmp_path_factory):
    """Two bright squares; the small one, on the left, is alone in the first six frames."""
    still = square_frames[0][0].copy()
    still[square_frames[1][0]] = 40
    random = np.random.default_rng(1)
    frames = np.repeat(still[None], 14, axis=0)
    small, large = (slice(18, 46), slice(6, 34)), (slice(14, 50), slice(50, 86))
    for number, frame in enumerate(frames):
        frame[small] = random.integers(200, 255, (28, 28, 3), np.uint8)
        if number >= 6:
            frame[large] = random.integers(200, 255, (36, 36, 3), np.uint8)
    return film(tmp_path_factory.mktemp("two") / "two.mp4", frames)


def left_in(root):
    """What a run left, but for what tells the time and the folder."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in files
        if path.name not in (layout.MANIFEST, layout.REPORT)
    }


def by_pickle(work, job, items):
    """Do work as a cluster does, which knows of a job what a pickle tells."""
    for item in items:
        yield work(pickle.loads(pickle.dumps(job)), pickle.loads(pickle.dumps(item)))


@pytest.mark.parametrize("length", [4, 5, 14])
def test_a_video_parsed_in_pieces_leaves_the_same_bytes(length, two, square_network, tmp_path):
    parsing.parse(two, tmp_path / "whole", square_network, SETTINGS)
    pieces = Pieces(by_pickle, length)
    run = parsing.parse(two, tmp_path / "pieces", square_network, SETTINGS, pieces=pieces)
    assert left_in(tmp_path / "pieces") == left_in(tmp_path / "whole")
    assert not list(run.root.glob(f"{layout.STOPPED}*"))


@pytest.fixture
def job(two, square_network, tmp_path):
    track = find_track(two, square_network, SETTINGS)
    return Job(tmp_path, two, Parser(square_network, track, SETTINGS.parse))


def results(folder):
    """The silhouettes and joints in a folder."""
    return [(kept.silhouette, kept.xy) for kept in Results(folder, 1)]


def test_who_was_followed_before_a_border_is_followed_after_it(job):
    spans = Pieces(length=8).spans(14)
    alone = replace(job, folder=job.folder / "alone")
    parse_piece(alone, spans[1])
    stranger = alone.kept(spans[1])[0].silhouette
    parse_in_pieces(job, Pieces(length=8))
    kept = results(job.folder)
    assert len(kept) == 14
    assert stranger[:, 48:].any()  # the large one, of whom nobody knew that he was not meant
    assert not any(silhouette[:, 48:].any() for silhouette, _ in kept)
    assert all(silhouette[:, :36].any() for silhouette, _ in kept)


def test_a_piece_goes_on_where_its_process_died(job, monkeypatch):
    parse_in_pieces(job, Pieces(length=8))
    wanted = results(job.folder)
    job = replace(job, folder=job.folder / "again")

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.Claims, "check", die)
    with pytest.raises(KeyboardInterrupt):
        parse_in_pieces(job, Pieces(length=8))
    monkeypatch.undo()
    counted = []

    def progress(frames):
        assert len(frames) == 14
        return (counted.append(frame) or frame for frame in frames)

    parse_in_pieces(job, Pieces(length=8), progress=progress)
    assert counted == list(range(14))
    found = results(job.folder)
    for (mask, xy), (wanted_mask, wanted_xy) in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(mask, wanted_mask)
        np.testing.assert_array_equal(xy, wanted_xy)


def test_a_join_that_was_stopped_goes_on(job, monkeypatch):
    parse_in_pieces(job, Pieces(length=8))
    wanted = results(job.folder)
    job = replace(job, folder=job.folder / "again")
    copy, copied = Results.copy, []

    def stop(self, *words):
        if len(copied) == 5:
            raise KeyboardInterrupt
        copied.append(words)
        copy(self, *words)

    monkeypatch.setattr(Results, "copy", stop)
    with pytest.raises(KeyboardInterrupt):
        parse_in_pieces(job, Pieces(length=8))
    monkeypatch.undo()
    assert len(results(job.folder)) == 5
    parse_in_pieces(job, Pieces(length=8))
    for (mask, xy), (wanted_mask, wanted_xy) in zip(results(job.folder), wanted, strict=True):
        np.testing.assert_array_equal(mask, wanted_mask)
        np.testing.assert_array_equal(xy, wanted_xy)


def test_pieces_hold_whole_groups_of_frames_that_are_looked_at_together():
    assert Pieces(length=5).spans(18) == [range(8), range(8, 16), range(16, 18)]


@pytest.mark.skipif(not is_available(), reason="OpenVINO is not to be had here")
def test_an_engine_is_sent_as_its_network(square_network):
    import torch

    engine = OpenVinoEngine(square_network)
    images = torch.rand(1, 3, 64, 64)
    there = pickle.loads(pickle.dumps(engine))
    assert torch.equal(there.features(images), engine.features(images))
