"""Draw the 31 parts of a person around the landmarks that a pose estimator found.

Points and a silhouette in, a map of labels out; no file and no network. Every pixel of the person
belongs to the limb to which it is nearest, in radii of that limb, and to the part in whose
band it lies along the limb. A pixel that is far from all limbs, or as near to another one, is
"somebody": a person, part unknown. Arms are in front of the trunk and the head, with a ring around
them that is left open.
Where the landmarks are those of COCO, hands lie straight on behind the wrist, and feet behind the
ankle.
"""

import numpy as np

from personalize.datasets.body_frame import across, measure_body, middle, normalise
from personalize.datasets.landmark_limbs import LABEL, SOMEBODY, Arm, Leg, Segment
from personalize.datasets.pose_points import SIDES, BodyPoints
from personalize.datasets.settings import PartGeometry
from personalize.types import Array, Labels

TRUNK, HEAD = (
    np.array([[LABEL[side + half + name] for half in "lu"] for side in "lr"], np.uint8)
    for name in ("body", "head")
)
"""Labels by side, left first, and by half, lower first."""
LOWER_BODY = [LABEL["rlbody"], LABEL["llbody"]]


def draw_parts(
    points: BodyPoints, mask: Array, *, settings: PartGeometry = PartGeometry()
) -> Labels:
    """Label the pixels of a person by landmarks.

    Parameters
    ----------
    points : BodyPoints
        In pixels of the mask.
    mask : (H, W) uint8 or bool array
        1 person, 0 background, 255 unknown.
    settings : PartGeometry

    Returns
    -------
    (H, W) uint8 array
        0 background, 1 to 31 parts, 32 somebody, 255 unknown. All of a person is somebody whose
        shoulders are not seen.
    """
    mask = np.asarray(mask, np.uint8)
    labels = np.where(mask == 1, np.uint8(SOMEBODY), mask)
    body = measure_body(points, settings=settings)
    rows, cols = np.nonzero(mask == 1)
    if body is None or not rows.size:
        return labels
    pixels = np.stack([cols, rows]).astype(np.float32)
    labels[rows, cols] = _label_pixels(pixels, points, body, settings)
    return labels


def _label_pixels(pixels, points, body, settings):
    """Label pixels (2, N): legs, before them the trunk, neck and head, before all the arms."""
    labels = np.full(pixels.shape[1], SOMEBODY, np.uint8)
    legs = [Leg(pixels, points, side, body, settings) for side in SIDES]
    leg, leg_labels = _one_of_two(legs, body, settings.crossed, settings.crossed_within)
    leg_labels[_between(legs, settings)] = SOMEBODY
    np.copyto(labels, leg_labels, where=leg < 1)
    arms = [Arm(pixels, points, side, body, settings) for side in SIDES]
    inside, trunk = _trunk(pixels, body, [arm.is_seen for arm in arms], settings)
    before = (
        (leg < settings.leg_before_trunk)
        & (leg_labels != LOWER_BODY[0])
        & (leg_labels != LOWER_BODY[1])
    )
    np.copyto(labels, trunk, where=inside & ~before)
    on_head, head = _head(pixels, points, body, inside, settings)
    np.copyto(labels, head, where=on_head)
    arm, arm_labels = _one_of_two(arms, body, settings.folded, np.inf)
    behind = labels != SOMEBODY
    near, ring = (
        np.any([getattr(limb, name) for limb in arms], axis=0) for name in ("core", "ring")
    )
    np.copyto(labels, SOMEBODY, where=behind & ring)
    np.copyto(labels, arm_labels, where=np.where(behind, near, arm < 1))
    return labels


def _towards(pixels, place, direction):
    """How far pixels (2, N) are from a place (2,) in a direction, (N,) pixels."""
    right, below = np.float32(direction)
    return pixels[0] * right + pixels[1] * below - np.float32(place @ direction)


def _one_of_two(limbs, body, margin, within):
    """The nearer of two limbs: its distance (N,) and labels (N,), somebody's where both are as
    near.

    In a view from the side the near limb hides the far one.
    """
    right, left = limbs
    distance = np.minimum(right.distance, left.distance)
    labels = np.where(right.distance <= left.distance, right.labels, left.labels)
    both = np.maximum(right.distance, left.distance) < min(within, 1)
    if body.near:
        near = limbs[SIDES.index(body.near)]
        np.copyto(labels, near.labels, where=both)
    else:
        alike = np.abs(right.distance - left.distance) < margin
        np.copyto(labels, SOMEBODY, where=both & alike)
    return distance, labels


def _between(legs, settings):
    """Where (N,) pixels are between both legs and far from either: in a skirt, or in nothing."""
    right, left = legs
    if right.thigh is None or left.thigh is None:
        return np.zeros(len(right.distance), bool)
    inside = right.thigh.is_beside(left.knee) & left.thigh.is_beside(right.knee)
    return inside & (np.minimum(right.distance, left.distance) > settings.inner_thigh)


def _trunk(pixels, body, arms_seen, settings):
    """Where (N,) pixels are on the trunk, and its parts there; beside it, where no arm is seen, may
    be an arm.
    """
    axis = Segment(pixels, body.shoulders, body.hips)
    aside = _towards(pixels, body.shoulders, body.aside)
    margins = [settings.trunk_margin if seen else settings.trunk_beside_arm for seen in arms_seen]
    right_margin, left_margin = np.array(margins if not body.away else margins[::-1]) * body.unit
    widths = np.maximum(body.half_widths, settings.trunk_least * body.unit)
    reach = np.interp(axis.along, (0, 1), widths) + np.where(aside > 0, right_margin, left_margin)
    end = settings.trunk_end if body.hips_seen else settings.chest_end
    inside = (axis.along > settings.trunk_begin) & (axis.along < end) & (np.abs(aside) < reach)
    right = (aside > body.midline) != body.away
    upper = axis.along < settings.chest_end
    labels = TRUNK[right.astype(int), upper.astype(int)]
    return inside, np.where(np.abs(aside) < body.doubt, np.uint8(SOMEBODY), labels)


def _head(pixels, points, body, trunk, settings):
    """Where (N,) pixels are on the head or the neck, and its parts there; before the `trunk` (N,)
    it is narrower.
    """
    found = _face(points, body, settings)
    if found is None:
        return np.zeros(pixels.shape[1], bool), np.zeros(pixels.shape[1], np.uint8)
    eyes, up, chin, centre, axis = found
    above_chin = _towards(pixels, chin, up)
    above_eyes = _towards(pixels, eyes, up)
    towards_right = _towards(pixels, axis, across(up) * (-1 if body.away else 1))
    middle_line = Segment(pixels, centre - 0.1 * body.unit * up, centre + 0.3 * body.unit * up)
    on_head = (middle_line.away < settings.head * body.unit) & (above_chin > 0)
    throat = Segment(pixels, chin, body.shoulders)
    above = _towards(pixels, body.shoulders, body.down) < settings.neck_end * body.trunk
    on_neck = (throat.away < settings.neck * body.unit) & (above_chin <= 0) & above
    labels = HEAD[(towards_right > 0).astype(int), (above_eyes > 0).astype(int)]
    labels[trunk & (middle_line.away > settings.head_before_trunk * body.unit)] = SOMEBODY
    return on_head | on_neck, np.where(on_head, labels, np.uint8(LABEL["neck"]))


def _face(points, body, settings):
    """The middle of the eyes, the direction up, the chin, the head's middle, and a point of the
    line that parts it.
    """
    ears = middle(points, "ear", settings.visible)
    nose, eyes, mouth = points.at("nose", settings.visible), None, None
    if not body.away:
        eyes, mouth = (middle(points, name, settings.visible) for name in ("eye", "mouth"))
        if nose is None:
            return None
    centre = ears if ears is not None else nose
    if centre is None:
        return None
    up = normalise(centre - body.shoulders)
    face = settings.face * body.unit
    if eyes is None:  # at the level of the top of the ears
        eyes = centre + 0.3 * face * up
    if mouth is not None and np.linalg.norm(eyes - mouth) > 0.4 * face:
        up, face = normalise(eyes - mouth), np.linalg.norm(eyes - mouth)
    else:
        mouth = eyes - face * up
    axis = (nose + eyes) / 2 if not body.away else _behind(centre, nose, ears, up, body, settings)
    return eyes, up, mouth - settings.chin * face * up, centre, axis


def _behind(centre, nose, ears, up, body, settings):
    """A point of the line that parts a head seen from behind: beside it, if the face is turned to
    the side.
    """
    if nose is None or ears is None:
        return centre
    turned = (nose - ears) @ across(up) / body.unit
    return centre - np.sign(turned) * (abs(turned) > settings.head_turned) * body.unit * across(up)
