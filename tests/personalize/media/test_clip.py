from personalize.media.clip import spread


def test_frames_are_spread_over_the_window():
    assert spread(301, 4).tolist() == [0, 100, 200, 300]
    assert spread(3, 100).tolist() == [0, 1, 2]
