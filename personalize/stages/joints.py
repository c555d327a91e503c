"""Read joints off the parts (Charles et al., BMVC 2017, section 4.4).

Part probabilities of one frame in, one point for every joint out. The paper
takes the mean position of the pixels of a part, and does not say what happens to a
part without pixels. Here every joint of a person is estimated: from the cells where
the part is the most probable label; else from those where it is most probable itself;
else from neighbouring joints; else from the person's centre. `found` marks the first
kind, so that misses can be counted under every rule.

By the rule "tree" each joint has several candidate places, and those are chosen that
agree along the skeleton (`skeleton`). Components apart from the one with a head and a
trunk have a low weight. Three joints are moved from the centres of their parts to where
people label them: the head to the face, the elbow to the outside of the bend, the
shoulder to the top of the arm.

Hips are not in the paper. A hip is where the lower body and the upper leg of
its side meet: the cells of either that touch the other.
"""

from typing import NamedTuple

import cv2
import numpy as np

from personalize import parts as names
from personalize.imaging.components import CORE, main_component
from personalize.stages.settings import JointSettings
from personalize.stages.skeleton import agree
from personalize.types import Array

JOINT_NAMES = tuple(names.JOINTS)
HIPS = tuple(JOINT_NAMES.index(name) for name in ("right_hip", "left_hip"))
BESIDE = tuple(
    [JOINT_NAMES.index(b if a == name else a) for a, b in names.LIMBS if name in (a, b)]
    for name in JOINT_NAMES
)
"""Of every joint, the indices of those at the other ends of its limbs."""
WINS = np.array([np.isin(range(names.CLASSES), members) for members in names.JOINTS.values()])
TOUCHING = np.ones((3, 3), np.uint8)
HEAD = JOINT_NAMES.index("head")
HALVES_OF_HEAD = tuple(
    [names.NAMES.index(side + half) for side in "rl"] for half in ("uhead", "lhead")
)
ARMS = tuple(
    tuple(JOINT_NAMES.index(f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist"))
    for side in ("right", "left")
)
SHOULDERS = [JOINT_NAMES.index(f"{side}_shoulder") for side in ("right", "left")]
ENOUGH = 0.5  # cells of each half of a head that show where the face is
GAP = 2.0  # cells between a lower body and a leg that still make a hip


class Estimate(NamedTuple):
    """Joints of one frame, in the order of `parts.JOINTS`.

    Attributes
    ----------
    xy : (J, 2) float64 array
        (column, row) in cells, (0, 0) the centre of the first cell; NaN where
        there is no estimate.
    confidence : (J,) float64 array
        Mean probability of the cells that the point was read off, in [0, 1];
        0 if it was read off none. By the rule "tree" the greatest probability
        beside the point, times that of the point among the joint's places.
    found : (J,) bool array
        Whether the part wins a cell.
    """

    xy: Array
    confidence: Array
    found: Array


def of_nobody() -> Estimate:
    """Return the Estimate of a frame without a person."""
    count = len(JOINT_NAMES)
    return Estimate(np.full((count, 2), np.nan), np.zeros(count), np.zeros(count, bool))


def locate_joints(
    parts: Array,
    person: Array | None = None,
    *,
    covered: Array | None = None,
    settings: JointSettings = JointSettings(),
) -> Estimate:
    """Estimate the joints of the person in one frame.

    Parameters
    ----------
    parts : (32, h, w) float array
        Probability of every label.
    person : (h, w) float array, optional
        Probability of the person; left out, that of not being background.
    covered : (h, w) float array, optional
        How much of each cell the person's silhouette covers: of several people, theirs
        are the joints by the rule "tree".
    settings : JointSettings

    Returns
    -------
    Estimate
        By the rule "plain", a joint is NaN where its part wins no cell. By the
        others no joint is NaN, unless nobody is in the picture: then all are.

    Examples
    --------
    A right wrist (part 2) of two cells beside each other:

    >>> parts = np.zeros((32, 6, 8), np.float32)
    >>> parts[0] = 1
    >>> parts[:, 3, 4:6] = np.eye(32, dtype=np.float32)[2][:, None]
    >>> estimate = locate_joints(parts, settings=JointSettings(rule="plain"))
    >>> estimate.xy[JOINT_NAMES.index("right_wrist")].tolist()  # column, row
    [4.5, 3.0]
    >>> estimate.found.sum()
    np.int64(1)
    """
    person = 1 - parts[names.BACKGROUND] if person is None else person
    if settings.rule == "tree":
        parts = _of_one_person(parts, covered, settings)
    weight, won = _evidence(parts)
    found = won.any(axis=(1, 2))
    if settings.rule == "plain":
        xy, confidence = _centres(won, won, weight)
        return Estimate(xy, confidence, found)
    if not found.any() and person.max() < settings.nobody:
        return of_nobody()
    cells = np.where(found[:, None, None], won, _most_probable(weight, settings))
    if settings.rule != "mass":
        cells = _heaviest_piece(cells, weight)
    xy, confidence = _centres(cells, cells if settings.rule == "mass" else weight, weight)
    xy = _fill(xy, person if person.any() else 1 - parts[names.BACKGROUND])
    if settings.rule == "tree":
        xy, confidence = agree(weight, parts, xy, settings=settings.skeleton)
        xy[HEAD] += _towards_face(parts, cells[HEAD], settings.face)
        xy = _outside_of_bends(xy, settings.bend)
        xy = _lift_shoulders(xy, settings.lift)
    return Estimate(xy, confidence, found)


def _of_one_person(parts, covered, settings):
    """Reduce parts that are far from the component with most of a head and a trunk: things,
    others.
    """
    somebody = parts[names.BACKGROUND] < 0.5
    core = parts[CORE].sum(axis=0)
    theirs = core if covered is None else core * covered
    component = main_component(somebody, theirs if theirs[somebody].any() else core)
    if np.array_equal(component, somebody):
        return parts
    width = 2 * settings.reach + 1
    near = cv2.dilate(np.uint8(component), np.ones((width, width), np.uint8)) > 0
    lessened = parts * np.where(near, 1, settings.apart)
    lessened[names.BACKGROUND] = 1 - (lessened.sum(axis=0) - lessened[names.BACKGROUND])
    return lessened


def _evidence(parts):
    """Per joint: probability of its parts, and the cells that they win: (J, h, w) twice."""
    labels = parts.argmax(axis=0)
    weight = np.empty((len(JOINT_NAMES), *labels.shape), np.float32)
    won = np.empty(weight.shape, bool)
    for j, members in enumerate(names.JOINTS.values()):
        if j in HIPS:
            weight[j], won[j] = _seam(parts, labels, *members)
        else:
            weight[j] = sum(parts[member] for member in members)
            won[j] = WINS[j][labels]
    return weight, won


def _seam(parts, labels, one, other):
    """Probability that two parts meet in a cell or beside it, and the cells where they do."""
    reach = [cv2.dilate((labels == part).astype(np.uint8), TOUCHING) > 0 for part in (one, other)]
    won = reach[0] & reach[1] & ((labels == one) | (labels == other))
    maps = [np.float32(parts[part]) for part in (one, other)]
    if won.any():
        near = [cv2.dilate(probability, TOUCHING) for probability in maps]
    else:  # something lies between them, so look further
        near = [cv2.GaussianBlur(probability, (0, 0), GAP) for probability in maps]
    return np.sqrt(near[0] * near[1]), won


def _most_probable(weight, settings):
    """Cells with at least half of a joint's greatest probability; none if that is next to 0."""
    greatest = weight.max(axis=(1, 2), keepdims=True)
    return (weight >= settings.half * greatest) & (greatest >= settings.least)


def _heaviest_piece(cells, weight):
    """The most probable component of each joint's cells: (J, h, w)."""
    count, rows, cols = cells.shape
    stacked = np.zeros((count, rows + 1, cols), np.uint8)  # a blank row keeps joints apart
    stacked[:, :rows] = cells
    components, labels = cv2.connectedComponents(stacked.reshape(-1, cols), connectivity=8)
    joint, row, col = np.nonzero(cells)
    component = labels.reshape(stacked.shape)[joint, row, col]
    mass = np.bincount(component, weights=weight[joint, row, col], minlength=components)
    heaviest = np.zeros(count)
    np.maximum.at(heaviest, joint, mass[component])
    kept = np.zeros_like(cells)
    kept[joint, row, col] = mass[component] == heaviest[joint]
    return kept


def _centres(cells, pull, weight):
    """Centre of each joint's cells, every cell pulling by `pull`: (J, 2), and confidence (J,)."""
    joint, row, col = np.nonzero(cells)
    chosen = pull[joint, row, col].astype(np.float64)
    sums = np.zeros((len(cells), 4))
    for k, factor in enumerate((1, col, row, weight[joint, row, col])):
        sums[:, k] = np.bincount(joint, weights=chosen * factor, minlength=len(cells))
    total = np.where(sums[:, 0] > 0, sums[:, 0], np.nan)  # no cells, no place
    means = sums[:, 1:] / total[:, None]
    return means[:, :2], np.clip(np.nan_to_num(means[:, 2]), 0, 1)


def _towards_face(parts, cells, share):
    """Return how far the face is from the centre of the head's cells (h, w): (column, row).

    Hair and hats are of the upper half of the head, and draw its centre upwards.
    """
    halves = [parts[half].sum(axis=0) * cells for half in HALVES_OF_HEAD]
    if min(half.sum() for half in halves) < ENOUGH:
        return np.zeros(2)
    upper, lower, centre = map(_person_centre, (*halves, sum(halves)))
    return (1 - share) * upper + share * lower - centre


def _outside_of_bends(xy, shares):
    """Move elbows away from the shoulder and from the wrist, by shares of the two distances.

    The centre of the band around a bent elbow is in the crook; the elbow is opposite.
    """
    moved = xy.copy()
    for shoulder, elbow, wrist in ARMS:
        upper, lower = xy[elbow] - xy[shoulder], xy[elbow] - xy[wrist]
        moved[elbow] += shares[0] * upper + shares[1] * lower
    return moved


def _lift_shoulders(xy, share):
    """Move both shoulders towards the height of the head, by a share of its distance from their
    middle.
    """
    lifted = xy.copy()
    lifted[SHOULDERS] += share * (xy[HEAD] - xy[SHOULDERS].mean(axis=0))
    return lifted


def _fill(xy, person):
    """Give the joints that are NaN a place between their neighbours, or the person's centre."""
    missing = np.isnan(xy[:, 0])
    if not missing.any():
        return xy
    filled = xy.copy()
    centre = _person_centre(person)
    for j in np.flatnonzero(missing):
        beside = [n for n in BESIDE[j] if not missing[n]]
        filled[j] = xy[beside].mean(axis=0) if beside else centre
    return filled


def _person_centre(person):
    """(column, row) of the centre of a person map."""
    person = person.astype(np.float64)
    rows, cols = np.arange(person.shape[0]), np.arange(person.shape[1])
    return np.array([person.sum(axis=0) @ cols, person.sum(axis=1) @ rows]) / person.sum()
