import numpy as np
import pytest

from personalize import parts
from personalize.datasets.body_frame import lacks, measure_body
from personalize.datasets.landmark_parts import draw_parts
from personalize.datasets.pose_points import INDEX, POINTS, BodyPoints
from personalize.datasets.settings import PartGeometry

RIGHT, LEFT, TRUNK = range(1, 14), range(14, 27), (7, 8, 20, 21)
STANDING = {
    "nose": (100, 44),
    "eye": ((93, 38), (107, 38)),
    "ear": ((85, 42), (115, 42)),
    "mouth": ((95, 52), (105, 52)),
    "shoulder": ((70, 80), (130, 80)),
    "elbow": ((40, 110), (160, 110)),
    "wrist": ((20, 145), (180, 145)),
    "hand": ((13, 157), (187, 157)),
    "hip": ((82, 170), (118, 170)),
    "knee": ((78, 240), (122, 240)),
    "ankle": ((76, 310), (124, 310)),
    "heel": ((76, 320), (124, 320)),
    "toe": ((70, 325), (130, 325)),
}
"""Somebody upright who faces the camera, 60 pixels between the shoulders."""


def person(**changed):
    """BodyPoints of STANDING with some points changed; None for one that is not seen."""
    xy, visibility = np.full((len(POINTS), 2), np.nan), np.zeros(len(POINTS))
    for name, where in {**STANDING, **changed}.items():
        places = (
            {name: where}
            if name == "nose"
            else dict(zip((f"right_{name}", f"left_{name}"), where or (None, None)))
        )
        for point, place in places.items():
            if place is not None:
                xy[INDEX[point]], visibility[INDEX[point]] = place, 1.0
    return BodyPoints(xy, visibility)


def draw(points):
    """Labels where everything is the person's: what no limb reaches is somebody's."""
    return draw_parts(points, np.ones((340, 200), np.uint8))


def flipped(points):
    """The points of the mirrored picture, 200 pixels wide."""
    order = [
        INDEX[name.replace("right", "?").replace("left", "right").replace("?", "left")]
        for name in POINTS
    ]
    return BodyPoints(points.xy[order] * (-1, 1) + (199, 0), points.visibility[order])


def test_every_part_lies_where_the_landmarks_say():
    labels = draw(person())
    places = {
        1: (14, 156),
        2: (21, 143),
        3: (30, 127),
        4: (41, 110),
        5: (55, 95),
        6: (69, 81),
        7: (90, 110),
        8: (90, 150),
        9: (80, 210),
        10: (78, 240),
        11: (77, 280),
        12: (76, 308),
        13: (74, 324),
        27: (108, 30),
        28: (92, 30),
        29: (92, 46),
        30: (108, 46),
        31: (100, 70),
    }
    assert {part: int(labels[y, x]) for part, (x, y) in places.items()} == {
        part: part for part in places
    }
    assert set(np.unique(labels)) == set(range(1, 33))


def test_a_mirrored_person_has_mirrored_labels():
    labels, mirrored = draw(person()), draw(flipped(person()))[:, ::-1]
    swap = np.array([*parts.MIRRORED, 32])
    assert np.mean(swap[labels] == mirrored) > 0.995


def test_labels_end_where_the_mask_does():
    mask = np.zeros((340, 200), np.uint8)
    mask[20:200, 60:140], mask[200:210] = 1, 255
    labels = draw_parts(person(), mask)
    assert (labels[mask == 0] == 0).all()
    assert (labels[mask == 255] == 255).all()
    assert labels[mask == 1].min() > 0


def test_a_person_of_whom_no_shoulders_are_seen_is_somebody():
    assert (draw(person(shoulder=None)) == 32).all()


def test_a_limb_that_is_not_seen_is_left_out():
    labels = draw(person(elbow=(None, (160, 110)), knee=((78, 240), None)))
    assert not np.isin(labels, (1, 2, 3, 4, 5, 22, 23, 24, 25, 26)).any()
    assert labels[81, 69] == 6  # the shoulder itself is
    assert np.isin((9, 10, 14, 18), labels).all()


def test_hands_and_feet_of_coco_lie_straight_on():
    labels = draw(person(hand=None, heel=None, toe=None, mouth=None))
    assert (labels[157, 14], labels[157, 186]) == (1, 14)
    assert (labels[324, 76], labels[324, 124]) == (13, 26)


def test_from_behind_sides_are_swapped_and_no_nose_is_needed():
    behind = {name: pair[::-1] for name, pair in STANDING.items() if name != "nose"}
    behind.update(nose=None, eye=None, mouth=None)
    points = person(**behind)
    assert measure_body(points).away
    assert lacks(points) is None
    labels = draw(points)
    assert np.isin(labels[:, :95], (*LEFT, 27, 30, 31, 32)).all()
    assert (labels[30, 108], labels[30, 92], labels[110, 110]) == (28, 27, 7)


def test_from_behind_a_head_that_looks_to_the_side_shows_one_side():
    behind = {name: pair[::-1] for name, pair in STANDING.items() if name != "nose"}
    labels = draw(person(**{**behind, "eye": None, "mouth": None, "nose": (80, 46)}))
    head = labels[20:55, 85:116]
    assert np.isin(head, (27, 30)).all()  # they look to the left of the picture
    assert labels[110, 110] == 7


def test_from_behind_hips_must_be_seen_too():
    behind = {"nose": None, "shoulder": ((130, 80), (70, 80)), "hip": None}
    assert (
        lacks(person(**behind))
        == "neither is the nose sure, nor do shoulders and hips agree on a view from behind"
    )
    assert lacks(person(shoulder=None)) == "the shoulders are not sure"
    assert lacks(person()) is None


@pytest.fixture
def profile():
    """The same person, turned to the left of the picture: the left side is seen."""
    middles = {name: 100.0 for name in STANDING if name != "nose"}
    middles.update(eye=82, mouth=84, ear=98, toe=85, heel=103, knee=94)
    sided = {
        name: ((x + 2, STANDING[name][0][1]), (x - 2, STANDING[name][1][1]))
        for name, x in middles.items()
    }
    return person(nose=(78, 44), **sided)


def test_in_profile_the_near_side_hides_the_other(profile):
    body = measure_body(profile)
    assert (body.near, body.away) == ("left", False)
    labels = draw(profile)
    head_and_trunk = np.isin(labels, (7, 8, 20, 21, 27, 28, 29, 30))
    assert np.isin(labels[head_and_trunk], (20, 21, 27, 30)).mean() > 0.9
    assert not (labels == 7).any()
    assert np.count_nonzero(labels == 8) < 0.02 * np.count_nonzero(labels == 21)
    assert labels[210, 97] == 22


def test_where_nothing_tells_which_way_a_profile_looks_sides_are_open(profile):
    blind = profile.visibility.copy()
    kept = [INDEX[f"{side}_{name}"] for side in ("right", "left") for name in ("shoulder", "hip")]
    blind[[k for k in range(len(POINTS)) if k not in kept]] = 0
    labels = draw(BodyPoints(profile.xy, blind))
    assert not np.isin(labels, TRUNK).any()


def test_folded_hands_are_somebody_s():
    folded = person(wrist=((98, 150), (102, 150)), hand=((104, 152), (96, 152)))
    labels = draw(folded)
    assert labels[150, 100] == 32
    assert np.isin(labels[140:160, 92:108], (1, 2, 14, 15)).mean() < 0.1
    apart = draw(person(wrist=((85, 150), (115, 150)), hand=((88, 160), (112, 160))))
    assert (apart[158, 87], apart[158, 113]) == (1, 14)


def test_what_is_between_legs_far_apart_is_a_skirt_and_somebody_s():
    wide = draw(
        person(knee=((50, 240), (150, 240)), ankle=((40, 310), (160, 310)), heel=None, toe=None)
    )
    assert (wide[235, 100], wide[235, 71]) == (32, 32)
    assert (wide[235, 50], wide[235, 150]) == (10, 23)
    assert wide[235, 31] == 10  # the outer side of a thigh is as wide as trousers are


def test_beside_an_arm_before_the_trunk_nothing_is_told():
    labels = draw(
        person(
            elbow=((72, 125), (160, 110)),
            wrist=((100, 130), (180, 145)),
            hand=((110, 130), (187, 157)),
        )
    )
    assert labels[128, 88] == 3
    assert labels[128 + 10, 88] == 32
    assert labels[128 + 25, 88] == 8


def test_whatever_the_landmarks_are_labels_are_known_ones():
    random = np.random.default_rng(0)
    known = {*range(33)}
    for _ in range(200):
        xy = random.normal(50, random.choice([1e-6, 20, 1e5]), (len(POINTS), 2))
        xy[random.random(len(POINTS)) < 0.1] = np.nan
        points = BodyPoints(xy, np.where(np.isnan(xy[:, 0]), 0, random.random(len(POINTS))))
        assert set(np.unique(draw_parts(points, np.ones((80, 100), bool)))) <= known


def test_surer_landmarks_can_be_asked_for():
    doubtful = person()
    doubtful.visibility[:] = 0.6
    assert lacks(doubtful) == "the shoulders are not sure"
    assert lacks(doubtful, settings=PartGeometry(sure=0.5)) is None
    doubtful.visibility[:] = 0.3
    assert lacks(doubtful, settings=PartGeometry(sure=0.0)) == "the shoulders are not sure"


def test_a_head_that_hangs_before_the_trunk_leaves_the_trunk_beside_it():
    low = {name: tuple((x, y + 70) for x, y in STANDING[name]) for name in ("eye", "ear", "mouth")}
    labels = draw(person(nose=(100, 114), **low))
    assert np.isin(labels[98:106, 90:110], (27, 28)).all()
    assert not np.isin(labels[100:110, 60:75], (27, 28, 29, 30)).any()


def test_a_picture_of_400_pixels_is_drawn_quickly():
    import time

    large, mask = person().moved(1.17), np.ones((400, 400), np.uint8)
    draw_parts(large, mask)
    began = time.perf_counter()
    draw_parts(large, mask)
    assert (
        time.perf_counter() - began < 1.0
    )  # a tenth of it on one idle core; machines of tests are busy
