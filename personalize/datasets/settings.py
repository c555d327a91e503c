"""How training images are varied; every number with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentSettings:
    """How training images are varied (Charles et al., BMVC 2017, section 4.1;
    `training.compose`).
    """

    rotation: float = 80.0
    """Greatest rotation, degrees either way."""
    shift: float = 200 / 512
    """Greatest shift either way, in parts of the image's side (paper: 200 of 512 pixels)."""
    scale: tuple[float, float] = (0.8, 1.2)
    """Range of the scale, on top of bringing the picture to the image's size."""
    occluder: float = 0.0
    """Probability of an object before the person (not in the paper)."""
    clutter: float = 0.0
    """Probability of a thing behind or beside a person who is cut out (not in the paper)."""
    shadow: float = 0.0
    """Probability of the person's shadow on what is behind (not in the paper)."""
    dye: float = 0.0
    """Probability that a garment gets another colour, or a pattern (not in the paper)."""
    blend_in: float = 0.0
    """Probability that a person is lit like what is behind (not in the paper)."""
    photometric: float = 0.0
    """Strength of changes of light, colour, sharpness and noise, 0 to 1 (not in the paper)."""


GROUP_WEIGHTS = {
    "ccp": 1.0,
    "ccp_known": 0.6,
    "ccp_regions": 0.3,
    "asl": 0.5,
    "gesture_body": 0.45,
    "gesture_hand": 0.4,
    "hagrid": 0.35,
    "fall_rooms": 0.3,
    "congress": 0.2,
    "london": 0.1,
    "slovo": 0.1,
    "sports2d": 0.1,
}
"""Relative frequency of each group of real pictures. It follows people rather than pictures, since
some groups show few people many times (docs/training.md, "Real people"). Of `--photographs`,
"ccp_known" are those whose parts are labelled, too, and "ccp_regions" the others, which teach half
as much (a guess); both weights are multiplied by the share of the photographs that they are."""
OTHER_WEIGHT = 0.5
"""Weight of a group that has no name here."""


@dataclass(frozen=True)
class RealSettings:
    """How real people with parts are shown (docs/training.md, "Real people")."""

    head: float = 42 / 304
    """Side of a head in parts of the image's side: as a run shows it."""
    larger: float = 0.12
    """Mean of the logarithm of what a head is larger."""
    spread: float = 0.38
    """Deviation of this logarithm."""
    rotation: float = 20.0
    """Greatest rotation, degrees either way."""
    shift: float = 0.2
    """Greatest shift, either way, of a place of the person from the image's middle, in parts of its
    side."""
    occluder: float = 0.15
    """Probability of an object before the person."""
    alone: float = 0.4
    """Probability that the person is cut out."""
    portraits: tuple[str, ...] = ("congress", "london")
    """Groups before plain walls."""
    portraits_alone: float = 0.85
    """Probability that a person of these is cut out."""


@dataclass(frozen=True)
class PartGeometry:
    """Where parts of a body begin and end around its landmarks (not in the paper;
    `datasets.landmark_parts`).

    Widths are in units of the body, about the width of its shoulders; bands are shares of the limb
    that they lie along. Sources: "drawn", the labels of 4,161 photographs that a network was
    trained on with success, which were drawn by these numbers; "template", the template of Unite
    the People (Lassner et al., CVPR 2017); "measured", rendered people and their true parts
    (`benchmarks.labels`).
    """

    visible: float = 0.5
    """Visibility of a landmark below which its limb is left out (drawn)."""
    sure: float = 0.8
    """Visibility that nose and shoulders, or, from behind, shoulders and hips, must have (drawn).
    """

    unit_of_trunk: float = 0.62
    unit_of_neck: float = 1.15
    """Units of the distances from shoulders to hips and from ears to shoulders (drawn): the unit is
    the greatest of these and of the width of the shoulders, which is small in profile."""
    unit_of_nose: float = 1.35
    """The same of the distance from the nose to the shoulders, where no ear is seen (measured)."""
    face: float = 0.18
    """Distance from the eyes to the mouth, where it is not seen: 6.5 cm of 36."""

    thigh: float = 0.34
    shin: float = 0.26
    arm: float = 0.20
    forearm: float = 0.165
    hand: float = 0.20
    """Radii (drawn)."""
    foot: float = 0.30
    ankle: float = 0.20
    """Radii (measured): the band of an ankle is the ankle's within its own, and else of a foot that
    lies beside it."""
    head: float = 0.55
    head_before_trunk: float = 0.36
    """Radii, with hair, which the mask bounds, and where a head hangs before the trunk, which does
    not (measured)."""
    neck: float = 0.19
    neck_end: float = -0.04
    """Radius, and where along the trunk's midline it ends (measured): above the shoulders."""
    trunk_margin: float = 0.22
    trunk_beside_arm: float = -0.12
    """How far a trunk reaches beyond the lines from shoulders to hips (measured), and on the side
    of an arm that is not seen: what hangs there may be the arm."""
    trunk_least: float = 0.30
    """Least half of the width of a trunk before that margin: in profile it is its depth."""

    shoulder_bands: tuple[float, float] = (-0.35, 0.26)
    upper_arm_end: float = 0.70
    elbow_end: float = 0.28
    lower_arm_end: float = 0.90
    """Along shoulder-elbow, then along elbow-wrist; the wrist is as long on the other side of its
    joint. These are 0.30, 0.73, 0.30, 0.90 (drawn) and 0.20, 0.66, 0.27, 0.93 (template), or
    between."""
    lower_body_end: float = 0.34
    upper_leg_end: float = 0.82
    knee_end: float = 0.22
    lower_leg_end: float = 0.86
    ankle_end: float = 1.10
    """Along hip-knee, then along knee-ankle: 0.32, 0.80, 0.21, 0.87, 1.10 (drawn) and 0.36, 0.85,
    0.22, 0.83, 1.06 (template), or between."""
    trunk_begin: float = -0.15
    chest_end: float = 0.60
    trunk_end: float = 1.24
    """Along the trunk's midline from shoulders to hips (drawn); it begins above the shoulders
    (template)."""
    chin: float = 0.55
    """From the mouth down, in distances of the eyes from the mouth (drawn)."""
    wrist_least: float = 0.45
    """Length of a forearm, in units, below which its wrist does not get shorter: it points at the
    camera."""

    hand_length: float = 0.40
    foot_length: float = 0.25
    """Where hands and feet have no landmarks: from the wrist to the knuckles, a share of the
    forearm, straight on; from the ankle on, a share of the shin (measured)."""

    arm_ring: tuple[float, float] = (0.15, 0.24)
    forearm_ring: tuple[float, float] = (0.12, 0.22)
    hand_ring: tuple[float, float] = (0.13, 0.24)
    """Before the trunk, a limb within the first radius, somebody up to the second: a sleeve and the
    trunk cannot be told apart there (drawn, but 0.27 around upper arms)."""
    shoulder_disc: float = 0.20
    """Radius of a shoulder before the trunk (template): as wide there as beside it."""
    leg_before_trunk: float = 0.7
    """Share of the radius of a leg within which it is before the trunk."""

    folded: float = 0.35
    """Difference of distances, in radii, below which two arms are not told apart."""
    crossed: float = 0.15
    crossed_within: float = 0.6
    """The same of legs, where both are within so much of their radius: side by side they part in
    the middle."""
    inner_thigh: float = 0.75
    """Share of the radius of a thigh or a shin beyond which what is between both legs is somebody:
    a skirt."""

    turned: float = 0.15
    """Width of the shoulders, in units, from which they show that the view is from behind."""
    profile: float = 0.5
    """Width of the shoulders, in units, below which a view is from the side: the near limb hides
    the far one."""
    facing: float = 0.85
    """Width of the shoulders, in units, from which it does not matter where a person looks."""
    edge_on: float = 0.25
    """Width of the shoulders, in units, below which no more than one side of the trunk is seen
    (measured)."""
    depth: float = 0.50
    """How far before its axis the midline of a trunk is, where it looks to the side (measured)."""
    head_turned: float = 0.15
    """How far, in units, the nose is beside the ears of a head of which one side alone is seen from
    behind."""
    sideways: float = 0.4
    """Evidence, in expected distances, that a person looks to one side."""


@dataclass(frozen=True)
class LabelSettings:
    """Pictures of people that are labelled by landmarks (not in the paper; `procedures.label`)."""

    geometry: PartGeometry = PartGeometry()
    around: float = 0.5
    """How far a person reaches beyond their landmarks, in units of the body: hair, hands, shoes."""
    margin: float = 0.5
    """Room around the person on every side, in parts of their size, as in the pictures that a
    network was trained on with success; the next three, too."""
    longest: int = 400
    """Most pixels of the longer side."""
    largest_head: float = 64.0
    """Most pixels of the side of the square that has the area of the head."""
    person: float = 0.6
    unknown: float = 0.15
    """Probability from which a pixel is the person's, and from which nothing is known of it."""
    in_picture: float = 0.5
    """Share of the visible landmarks that must lie in the picture; else they are of one of another
    size."""
    inside: float = 0.6
    """Share of the visible landmarks that must lie in the silhouette, or near it; else it is of
    something else."""
    near: float = 0.15
    """How near, in units of the body."""
    shown: int = 48
    """Pictures on the contact sheet."""
