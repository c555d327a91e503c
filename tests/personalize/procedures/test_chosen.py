import numpy as np

from personalize.imaging.framing import fit_frame
from personalize.imaging.track import Track
from personalize.media.video import open_source
from personalize.procedures.chosen import frames_to_show, write_choice

FRAMING = fit_frame(64, 96, 80)


def track_of(seen):
    return Track.still(FRAMING, seen=np.uint8(seen) * 2, place=np.tile([8.0, 8, 40, 60], (12, 1)))


def test_frames_with_the_person_are_shown_and_those_that_were_pointed_at():
    track = track_of([0] * 6 + [1] * 6)
    assert frames_to_show(track, 12, []) == [6, 7, 8, 9, 10, 11]
    assert frames_to_show(track, 12, [2, 2]) == [2, 6, 7, 8, 10, 11]
    assert frames_to_show(track_of([0] * 12), 12, []) == [0, 2, 4, 7, 9, 11]
    assert frames_to_show(track, 12, range(12)) == [0, 1, 2, 3, 4, 5]


def test_a_picture_is_written_of_each(square_video, tmp_path):
    write_choice(tmp_path, open_source(square_video), track_of([1] * 12), [(3, 20.0, 30.0)])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert "000003_chosen.jpg" in names and len(names) == 5  # 3 is shown once
