"""Joints read off label maps that are typed out, one cell at a time."""

import numpy as np
import pytest

from personalize import parts as names
from personalize.errors import SettingsError
from personalize.stages.joints import JOINT_NAMES, locate_joints
from personalize.stages.settings import JointSettings

PLAIN = JointSettings(rule="plain")
MASS = JointSettings(rule="mass")
COMPONENT = JointSettings(rule="component")
TREE = JointSettings(rule="tree")
HEAD, RIGHT_WRIST, RIGHT_ELBOW, RIGHT_HIP = (
    JOINT_NAMES.index(name) for name in ("head", "right_wrist", "right_elbow", "right_hip")
)


def probabilities(labels, sure=0.9):
    """Part probabilities of a label map: `sure` for the label, the rest shared equally."""
    parts = np.full((names.CLASSES, *labels.shape), (1 - sure) / (names.CLASSES - 1))
    np.put_along_axis(parts, labels[None].astype(np.intp), sure, axis=0)
    return parts


@pytest.fixture
def labels():
    """A label map (12, 16) with a torso, so that somebody is there."""
    labels = np.zeros((12, 16), np.uint8)
    labels[4:8, 6:10] = 7
    return labels


@pytest.mark.parametrize("settings", [PLAIN, MASS, COMPONENT])
def test_a_part_of_one_piece_is_found_at_its_centre(labels, settings):
    labels[2:4, 11:14] = 2  # right wrist: rows 2, 3; columns 11 to 13
    estimate = locate_joints(probabilities(labels), settings=settings)
    np.testing.assert_allclose(estimate.xy[RIGHT_WRIST], [12.0, 2.5])
    assert estimate.confidence[RIGHT_WRIST] == pytest.approx(0.9)
    assert estimate.found[RIGHT_WRIST]


def test_four_parts_make_one_head(labels):
    labels[1, 7], labels[1, 8], labels[2, 8], labels[2, 7] = 27, 28, 29, 30
    estimate = locate_joints(probabilities(labels), settings=COMPONENT)
    np.testing.assert_allclose(estimate.xy[HEAD], [7.5, 1.5])


def head_by_face(labels, face):
    parts = probabilities(labels, sure=1.0)
    return locate_joints(parts, settings=JointSettings(rule="tree", face=face)).xy[HEAD]


@pytest.mark.parametrize("hair", [0, 2])
def test_the_head_is_as_far_down_between_its_halves_as_the_face(labels, hair):
    labels[0:2, 6 - hair : 8], labels[0:2, 8:10] = 28, 27  # the centre of the upper half: row 0.5
    labels[2:4, 6:8], labels[2:4, 8:10] = 29, 30  # of the lower half: row 2.5
    down = head_by_face(labels, 0.75) - head_by_face(labels, 0.25)
    np.testing.assert_allclose(down, [hair / 2 * 0.5, 1.0], atol=1e-6)


def test_half_a_head_says_nothing_of_the_face(labels):
    labels[0:2, 6:8], labels[0:2, 8:10] = 28, 27
    np.testing.assert_allclose(head_by_face(labels, 0.0), head_by_face(labels, 1.0))


def test_an_elbow_is_outside_of_the_bend(labels):
    labels[4:6, 11:13] = 4  # right elbow
    labels[9:11, 11:13] = 2  # right wrist, below it
    parts = probabilities(labels, sure=1.0)
    straight = locate_joints(
        parts, settings=JointSettings(rule="tree", bend=(0.0, 0.0), lift=0.0)
    ).xy
    bent = locate_joints(parts, settings=JointSettings(rule="tree", bend=(0.1, 0.2), lift=0.0)).xy
    shoulder, elbow, wrist = (
        straight[JOINT_NAMES.index(f"right_{name}")] for name in ("shoulder", "elbow", "wrist")
    )
    expected = elbow + 0.1 * (elbow - shoulder) + 0.2 * (elbow - wrist)
    np.testing.assert_allclose(bent[RIGHT_ELBOW], expected)
    np.testing.assert_allclose(bent[RIGHT_WRIST], wrist)


def test_shoulders_are_nearer_to_the_head_than_the_centres_of_their_parts(labels):
    labels[0:2, 6:8], labels[2:4, 6:8] = 28, 29
    labels[5:7, 4:6], labels[5:7, 10:12] = 6, 19  # both shoulders
    parts = probabilities(labels, sure=1.0)
    low, high = (
        locate_joints(parts, settings=JointSettings(rule="tree", lift=lift)).xy
        for lift in (0.0, 0.1)
    )
    shoulders = [JOINT_NAMES.index(f"{side}_shoulder") for side in ("right", "left")]
    expected = low[shoulders] + 0.1 * (low[HEAD] - low[shoulders].mean(axis=0))
    np.testing.assert_allclose(high[shoulders], expected)
    others = [j for j in range(len(JOINT_NAMES)) if j not in shoulders]
    np.testing.assert_allclose(high[others], low[others])


def test_joints_are_of_one_person_and_not_of_a_thing_apart(labels):
    labels[8:10, 6:10] = 3  # an arm that hangs from the torso
    labels[10, 6:8] = 2  # right wrist, a little doubtful
    labels[0:2, 14:16] = 2  # a thing in a corner that looks more like one
    parts = probabilities(labels)
    parts[2, 10, 6:8], parts[3, 10, 6:8] = 0.5, 0.4
    apart = locate_joints(parts, settings=JointSettings(rule="tree", apart=0.2, reach=1))
    assert np.linalg.norm(apart.xy[RIGHT_WRIST] - [6.5, 10]) < 1.5
    assert apart.found[RIGHT_WRIST]


def test_joints_are_of_the_one_whose_silhouette_it_is(labels):
    twins = np.zeros((12, 34), np.uint8)
    twins[:, :16], twins[:, 18:] = labels, labels
    parts = probabilities(twins)
    heads = []
    for side in (np.s_[:, :16], np.s_[:, 18:]):
        covered = np.zeros(twins.shape, np.float32)
        covered[side] = labels > 0
        heads.append(locate_joints(parts, covered=covered, settings=TREE).xy[HEAD, 0])
    assert heads[1] - heads[0] == pytest.approx(18, abs=0.5)
    beside = np.zeros(twins.shape, np.float32)
    beside[:, 17] = 1  # where nobody is
    told, untold = (locate_joints(parts, covered=c, settings=TREE).xy for c in (beside, None))
    np.testing.assert_array_equal(told, untold)


def test_the_papers_rule_takes_all_pieces_and_the_other_the_heaviest(labels):
    labels[2, 12:15] = 2
    labels[10, 2] = 2
    parts = probabilities(labels)
    np.testing.assert_allclose(locate_joints(parts, settings=MASS).xy[RIGHT_WRIST], [10.25, 4.0])
    np.testing.assert_allclose(locate_joints(parts, settings=PLAIN).xy[RIGHT_WRIST], [10.25, 4.0])
    np.testing.assert_allclose(
        locate_joints(parts, settings=COMPONENT).xy[RIGHT_WRIST], [13.0, 2.0]
    )


def test_pieces_of_different_joints_are_kept_apart(labels):
    labels[11, 3], labels[1, 3:5] = 27, 27  # head: one cell in the last row, two elsewhere
    labels[0, 3:6] = 2  # the next joint begins in the first row, in the same column
    estimate = locate_joints(probabilities(labels), settings=COMPONENT)
    np.testing.assert_allclose(estimate.xy[HEAD], [3.5, 1.0])


def test_probability_pulls_the_centre_between_cells(labels):
    labels[2, 12:14] = 2
    parts = probabilities(labels)
    parts[2, 2, 12], parts[2, 2, 13] = 0.9, 0.6
    np.testing.assert_allclose(
        locate_joints(parts, settings=COMPONENT).xy[RIGHT_WRIST], [12.4, 2.0]
    )
    np.testing.assert_allclose(locate_joints(parts, settings=MASS).xy[RIGHT_WRIST], [12.5, 2.0])


def test_a_part_without_cells_is_missed_by_the_plain_rule_and_guessed_by_the_others(labels):
    parts = probabilities(labels)
    parts[2, 10, 4], parts[2, 10, 5] = 0.04, 0.03  # not enough to win, half the greatest or more
    parts[2, 1, 1] = 0.015
    plain = locate_joints(parts, settings=PLAIN)
    assert np.isnan(plain.xy[RIGHT_WRIST]).all()
    assert plain.confidence[RIGHT_WRIST] == 0
    guessed = locate_joints(parts, settings=COMPONENT)
    np.testing.assert_allclose(guessed.xy[RIGHT_WRIST], [4 + 3 / 7, 10.0])
    assert 0 < guessed.confidence[RIGHT_WRIST] < 0.04
    assert not plain.found[RIGHT_WRIST]
    assert not guessed.found[RIGHT_WRIST]


def test_a_part_without_any_evidence_lies_between_its_neighbours(labels):
    labels[2, 14] = 2
    labels[2, 10] = 6
    parts = probabilities(labels, sure=1.0)
    estimate = locate_joints(parts, settings=COMPONENT)
    np.testing.assert_allclose(estimate.xy[RIGHT_ELBOW], [12.0, 2.0])
    assert estimate.confidence[RIGHT_ELBOW] == 0


def test_without_neighbours_it_lies_at_the_persons_centre(labels):
    estimate = locate_joints(probabilities(labels, sure=1.0), settings=COMPONENT)
    np.testing.assert_allclose(estimate.xy, np.tile([7.5, 5.5], (13, 1)))


def test_the_given_person_map_is_the_centre(labels):
    person = np.zeros(labels.shape, np.float32)
    person[9, 3] = 1
    estimate = locate_joints(probabilities(labels, sure=1.0), person, settings=COMPONENT)
    np.testing.assert_allclose(estimate.xy[HEAD], [3.0, 9.0])


def test_an_empty_person_map_does_not_hide_the_parts_that_are_there(labels):
    labels[2, 14] = 2
    estimate = locate_joints(
        probabilities(labels, sure=1.0), np.zeros(labels.shape), settings=COMPONENT
    )
    assert not np.isnan(estimate.xy).any()
    assert estimate.found[RIGHT_WRIST]


@pytest.mark.parametrize("settings", [PLAIN, MASS, COMPONENT, TREE])
def test_nobody_has_no_joints(settings):
    parts = probabilities(np.zeros((12, 16), np.uint8))
    estimate = locate_joints(parts, np.full((12, 16), 0.1), settings=settings)
    assert np.isnan(estimate.xy).all()
    assert (estimate.confidence == 0).all()
    assert not estimate.found.any()


@pytest.mark.parametrize("settings", [PLAIN, MASS, COMPONENT])
def test_a_hip_is_where_lower_body_and_upper_leg_meet(settings):
    labels = np.zeros((14, 10), np.uint8)
    labels[2:6, 3:6] = 8
    labels[6:12, 3:6] = 9
    estimate = locate_joints(probabilities(labels), settings=settings)
    np.testing.assert_allclose(estimate.xy[RIGHT_HIP], [4.0, 5.5], atol=1e-6)
    assert estimate.found[RIGHT_HIP]


def test_a_leg_that_does_not_touch_the_body_leaves_the_hip_between_them():
    labels = np.zeros((14, 10), np.uint8)
    labels[2:5, 3:6] = 8
    labels[8:12, 3:6] = 9
    estimate = locate_joints(probabilities(labels), settings=COMPONENT)
    assert not estimate.found[RIGHT_HIP]
    np.testing.assert_allclose(estimate.xy[RIGHT_HIP], [4.0, 6.5], atol=2.0)


def test_mirrored_parts_give_mirrored_joints():
    generator = np.random.default_rng(0)
    parts = generator.dirichlet(np.full(names.CLASSES, 0.1), (20, 24)).transpose(2, 0, 1)
    mirrored = parts[list(names.MIRRORED), :, ::-1]
    for settings, close in ((MASS, 1e-6), (COMPONENT, 1e-6), (TREE, 0.1)):  # nearest cells tie
        xy = locate_joints(parts, settings=settings).xy
        back = locate_joints(mirrored, settings=settings).xy[
            [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]
        ]
        np.testing.assert_allclose(back, np.array([23, 0]) + np.array([-1, 1]) * xy, atol=close)


def test_an_unknown_rule_is_refused(labels):
    with pytest.raises(SettingsError, match="no rule 'best' for joints; there are tree, component"):
        locate_joints(probabilities(labels), settings=JointSettings(rule="best"))
