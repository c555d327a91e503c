import io
import os
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from personalize.errors import VideoError
from personalize.media.images import write_image
from personalize.media.video import open_source

with io.BytesIO() as png:
    Image.new("RGB", (1, 1)).save(png, "PNG")
    ONE_PIXEL = png.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Twelve frames 4x6 whose grey is their number, named 0.png to 11.png."""
    for number in range(12):
        write_image(tmp_path / "frames" / f"{number}.png", np.full((4, 6, 3), number, np.uint8))
    return tmp_path / "frames"


def test_frames_come_in_the_order_of_their_numbers(folder):
    source = open_source(folder)
    assert [frame[0, 0, 0] for frame in source.frames()] == list(range(12))


def test_names_in_letters_that_are_no_numbers_or_no_text_are_taken(tmp_path):
    names = ("2.png", "①.png", "1².png", os.fsdecode(b"caf\xe9.png"))
    for name in names:
        (tmp_path / name).write_bytes(ONE_PIXEL)
    source = open_source(tmp_path)
    assert source.frame_count == 4
    assert len(source.digest()) == 64


def test_folder_has_size_count_and_a_nominal_rate(folder):
    source = open_source(folder)
    assert (source.name, source.height, source.width, source.frame_count) == ("frames", 4, 6, 12)
    assert source.fps == 25
    assert source.times[:3] == [0.0, 0.04, 0.08]
    assert not source.has_audio


def test_a_folder_may_have_hours_between_its_frames(folder):
    source = open_source(folder, fps=1 / 3600)
    assert source.times[:3] == pytest.approx([0, 3600, 7200])
    assert source.fps == Fraction(1, 1001)  # the slowest that a film is written with
    assert not source.remarks
    assert open_source(folder).remarks


def test_part_of_a_folder_is_half_open(folder):
    source = open_source(folder)
    assert [frame[0, 0, 0] for frame in source.frames(3, 6)] == [3, 4, 5]


def test_frames_between_those_that_were_picked_are_passed_over(folder):
    picked = open_source(folder).pick([0, 3, 4, 11])
    assert [frame[0, 0, 0] for frame in picked] == [0, 3, 4, 11]


def test_frames_that_do_not_exist_cannot_be_asked_for(folder):
    with pytest.raises(ValueError, match=r"frames \[5, 13\) asked of 12"):
        next(open_source(folder).frames(5, 13))


def test_other_and_hidden_files_are_no_frames(folder):
    (folder / "notes.txt").write_text("x")
    (folder / ".0.png").write_text("x")
    assert open_source(folder).frame_count == 12


def test_folder_without_frames_is_refused(tmp_path):
    with pytest.raises(VideoError, match="a folder without frames; it must hold images"):
        open_source(tmp_path)


def test_first_frame_of_another_size_is_named_with_both_sizes(folder):
    write_image(folder / "7.png", np.zeros((5, 6, 3), np.uint8))
    write_image(folder / "9.png", np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(VideoError, match=r"7\.png: is 6x5, but 0\.png is 6x4"):
        open_source(folder)


def test_unreadable_frame_is_named(folder):
    (folder / "5.png").write_text("no image")
    with pytest.raises(VideoError, match=r"5\.png: not an image.*frame 5 of 12 in frames"):
        open_source(folder)


def test_partial_leaves_unreadable_frames_out_and_says_where(folder):
    (folder / "5.png").write_text("no image")
    source = open_source(folder, partial=True)
    assert source.broken_at == 5
    assert [frame[0, 0, 0] for frame in source.frames(4, 6)] == [4, 6]


def test_folder_with_nothing_readable_is_refused_even_in_part(tmp_path):
    (tmp_path / "0.png").write_text("no image")
    with pytest.raises(VideoError, match="none of its 1 images can be read"):
        open_source(tmp_path, partial=True)


def test_digest_follows_content_and_names(folder):
    before = open_source(folder).digest()
    assert open_source(folder).digest() == before
    (folder / "11.png").rename(folder / "12.png")
    renamed = open_source(folder).digest()
    write_image(folder / "12.png", np.full((4, 6, 3), 99, np.uint8))
    assert len({before, renamed, open_source(folder).digest()}) == 3


def test_progress_sees_every_file(folder):
    seen = []
    open_source(folder, progress=lambda files: (seen.append(file) or file for file in files))
    assert len(seen) == 12
