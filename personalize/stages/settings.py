"""Settings of the stages of a run: a frozen record for each, with the source of every number."""

from dataclasses import dataclass

from personalize.errors import SettingsError
from personalize.evidence.settings import (
    LocalColourSettings,
    ResidualMotionSettings,
    WindowColourSettings,
)
from personalize.imaging.settings import DetailSettings
from personalize.network.settings import DEFAULT_VIEWS, VIEWS, View
from personalize.ranges import require
from propagation.settings import PropagationSettings


@dataclass(frozen=True)
class FindSettings:
    """Candidates in a frame (not in the paper; `find`)."""

    sure: float = 0.5
    """Mean of both answers of the network from which a cell belongs to somebody."""
    most: int = 5
    """Most candidates of a frame."""
    least: int = 4
    """Least cells of a candidate."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "most", "least")
        require(self, "from 0 to 1", "sure")


@dataclass(frozen=True)
class FollowSettings:
    """The person among candidates, along time (not in the paper; `follow`)."""

    gain: float = 10.0
    """Evidence for a candidate with a score of 1, in nats."""
    doubt: float = 0.3
    """Score that is no evidence either way. Of photographs without people, half have nothing above
    0.22 in any of three sizes, and a tenth something above 0.5; of looks at people, a twentieth is
    below 0.29 (`benchmarks/finding.py`)."""
    sure: float = 0.6
    """Score from which a candidate is a person; a higher one hardly says who it is."""
    little: float = 0.1
    """Share of the part of a score above `sure` that counts."""
    reach: float = 2.0
    """How far a person may move from one frame to the next, in sizes of the head."""
    growth: float = 0.35
    """How much the logarithm of the size of the head may differ from one frame to the next."""
    speed: float = 0.1
    """Share by which both grow with every frame between two looks."""
    alike: float = 2.0
    """Evidence of colours for or against a person, in nats."""
    same: float = 0.7
    """Likeness of the colours of one person in two frames (Bhattacharyya)."""
    limit: float = 6.0
    """Limit of the evidence against two candidates being one person, in nats: the network may err
    in one of them."""
    switch: float = 3.0
    """Cost of a person's appearing or disappearing, in nats: to go and come again costs no less
    than to leap."""
    memory: int = 4
    """Looks after which a person who was not seen in between is still known by their place."""
    told: float = 1000.0
    """Evidence of a point that the user gave, in nats: more than all else together."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "memory")
        require(self, "0 or more", "gain", "speed", "alike", "limit", "switch", "told")
        require(self, "above 0", "reach", "growth")
        require(self, "from 0 to 1", "doubt", "sure", "little", "same")


@dataclass(frozen=True)
class OtherSettings:
    """Other people in the looks at a video (not in the paper; `others`)."""

    sure: float = 0.5
    """Score from which a candidate is somebody: that of `ParseSettings.present`."""
    overlap: float = 0.2
    """Most of the smaller of two boxes that may lie in the other, of people who are apart."""
    alike: float = 0.95
    """Likeness of the colours (Bhattacharyya) above which they do not tell two people apart."""
    size: float = 0.25
    """Least size of somebody else, as a share of the person's area."""
    looks: int = 2
    """Least looks, near each other, that must show somebody else."""
    near: int = 8
    """Looks on either side of one that are near: who was seen there may be hidden in it."""
    swells: float = 1.4
    """How many times larger than in the looks around it a box is that holds two people."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "looks", "near", "swells")
        require(self, "from 0 to 1", "sure", "overlap", "alike", "size")


@dataclass(frozen=True)
class PasserSettings:
    """A silhouette of two people, cut in two (not in the paper; `others`)."""

    limit: float = 3.0
    """Limit of the evidence of the colour of one pixel, in nats."""
    around: int = 9
    """Side of the square of pixels around each over which that is averaged: a cell, by which
    colours were learned."""
    expected: float = 1.0
    """Evidence against a place where the track does not expect the person, in nats."""
    room: float = 0.1
    """Distance from the expected place from which on it counts, and at twice which it counts in
    full, as a share of the longer side of that place."""
    own: float = 0.3
    """Evidence for the person in every pixel, in nats: what nothing tells is theirs."""
    contrast: float = 6.0
    """Cost of cutting between two pixels of the same colour, in nats; as in `CutSettings`."""
    least: float = 0.05
    """Share of a silhouette that must be somebody else's, or it is left as it is."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "limit", "expected", "own", "contrast")
        require(self, "odd", "around")
        require(self, "above 0", "room")
        require(self, "from 0 to 1", "least")


@dataclass(frozen=True)
class CameraSettings:
    """The crop that the person is seen through (not in the paper; `camera`)."""

    agree: int = 2
    """Looks that must see the person at a place before the crop includes it; of many looks, one in
    16."""
    margin: float = 1.5
    """Room around the person on every side, for what was not seen, in sizes of the head."""
    head: float = 42.0
    """Size of the head to aim at: side of the square with its area, in canvas pixels. It is a sixth
    more than on training images of 256 pixels, where heads measure 0.7 of the width of the
    shoulders, since small parts and outlines gain by it (docs/notebook/personalization.md, "Larger
    canvases")."""
    least: float = 128.0
    """Least size of a canvas: side of the square with its area, in pixels."""
    most: float = 440.0
    """Greatest size of a canvas, likewise: it has 3 times the pixels of 256 x 256."""
    grows: float = 1.6
    """Ratio of the greatest to the least head of a video above which the person is followed: heads
    of people who keep their place seem to grow by a third when they turn."""
    shrinks: float = 1.2
    """How many times smaller than `head` a head may be in one crop for all frames."""
    steady: int = 5
    """Looks over which the median of the size of the head is taken."""
    smooth: int = 4
    """Frames on either side over which the path is smoothed, at least; else as many as are between
    two looks."""
    limbs: int = 4
    """Looks on either side whose limbs are included: what reaches out from the head there is
    assumed to do so here."""
    held: float = 0.9
    """Share of the frames that fit on the canvas with heads of the size `head`."""
    closer: float = 1.4
    """How many times larger than `head` a head may be where the whole frame fills the canvas."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "agree", "limbs", "grows", "shrinks", "steady", "closer")
        require(self, "0 or more", "margin", "smooth")
        require(self, "from 0 to 1", "held")
        require(self, "above 0", "head", "least")
        if not self.least <= self.most:
            raise SettingsError(
                f"CameraSettings: canvases from {self.least} to {self.most}; the least is above "
                "the most"
            )


@dataclass(frozen=True)
class LocateSettings:
    """Finding the person of a video (not in the paper; `locate`)."""

    looks: int = 32
    """Least frames to look at, spread over the video."""
    apart: int = 50
    """Most frames between two of them: two seconds."""
    near: int = 2
    """Distance in frames, between a look that saw somebody and one that saw nobody, from which on
    no more looks are taken between them."""
    sizes: tuple[int, ...] = (160, 256, 400)
    """Sizes of the canvas of a whole frame in the first look: sides of squares of the same area."""
    every: int = 8
    """Frames from one look to the next at a person who is followed."""
    most: int = 4000
    """Most of these looks: in longer videos they are further apart."""
    shortest: int = 8
    """Least frames of a video in which a person is followed."""
    find: FindSettings = FindSettings()
    follow: FollowSettings = FollowSettings()
    camera: CameraSettings = CameraSettings()
    others: OtherSettings = OtherSettings()

    def __post_init__(self) -> None:
        require(self, "1 or more", "looks", "apart", "near", "every", "most")
        require(self, "a list of numbers of 1 or more", "sizes")


@dataclass(frozen=True)
class SpreadSettings:
    """A window of several stretches of a video (not in the paper; `window`)."""

    stretch: int = 30
    """Most frames of a stretch: a second, in which labels are carried along as in one window."""
    grows: float = 4.0
    """How many times the size of a person is as unlike as the beginning of a video and its end."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "stretch")
        if not self.grows > 1:
            raise SettingsError(f"SpreadSettings(grows={self.grows}): must be above 1")


@dataclass(frozen=True)
class SeedSettings:
    """Confident labels and their propagation (Charles et al., BMVC 2017, section 4.4;
    `propagate`).
    """

    confidence: float = 0.99
    """Certainty above which a prediction becomes a seed (paper)."""
    limit: float = 4.6
    """Limit of the evidence of a seed, in nats: that of 0.99. No seed is beyond doubt."""
    given: float = 40.0
    """Evidence of a silhouette that the user gave, in nats: more than all its neighbours together.
    """
    size: int = 256
    """Size at which frames are matched: side of the square with their area."""
    surest: float = 0.25
    """Least share of what is believed to be the person, or the background, that becomes seeds,
    even if it is less certain than `confidence`."""
    somebody: float = 0.9
    """Certainty from which a cell shows somebody for sure."""
    least_person: float = 0.0005
    """Share of the window's cells with that certainty below which nobody was found."""
    own: float = 0.5
    """Share of the network's own log-odds in a belief; the rest was propagated."""
    residual_motion: ResidualMotionSettings = ResidualMotionSettings()
    propagation: PropagationSettings = PropagationSettings()

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "confidence", "surest", "somebody", "least_person", "own")
        require(self, "above 0", "limit", "given")
        require(self, "1 or more", "size")


@dataclass(frozen=True)
class RefineSettings(WindowColourSettings):
    """Refinement of a window of beliefs (Charles et al., BMVC 2017, section 4.4; `refine`)."""

    local_colours: LocalColourSettings = LocalColourSettings()
    """Evidence of the colours near a place."""


JOINT_RULES = ("tree", "component", "mass", "plain")
"""Ways to read joints off parts; see `JointSettings.rule`."""


@dataclass(frozen=True)
class SkeletonSettings:
    """Joints that agree along the skeleton (not in the paper; `skeleton`)."""

    places: int = 6
    """Maxima of the evidence that are tried for each joint."""
    blur: float = 1.5
    """Standard deviation of the blur of the evidence, in cells."""
    seam: float = 0.75
    """Weight of the seam between the two parts that a joint separates, beside its own evidence."""
    trust: float = 1.0
    """Weight of a joint's own evidence."""
    limb: float = 0.5
    """Weight of the evidence of the limb between two joints."""
    spread: float = 0.2
    """How much longer than usual a limb may be, in widths of the shoulders."""
    floor: float = 0.003
    """Evidence that every place has."""
    against: float = 8.0
    """Limit of the evidence of a distance against two places, in nats: where the head is hidden,
    the width of the shoulders is too small, and all limbs are too long."""
    samples: int = 7
    """Points of a limb at which its evidence is read."""
    near: float = 0.6
    """Distance below which places are one, and their mean is taken, in widths of the shoulders."""
    wide: float = 1.6
    """How many times the width that follows from the head the shoulders may be apart."""
    least_width: float = 3.0
    """Least width of the shoulders, in cells."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "places", "samples")
        require(self, "above 0", "spread", "floor", "near", "wide", "least_width")
        require(self, "0 or more", "blur", "seam", "trust", "limb", "against")


@dataclass(frozen=True)
class JointSettings:
    """Joints from part probabilities (Charles et al., BMVC 2017, section 4.4; `joints`)."""

    rule: str = "tree"
    """How joints are read off the parts. "tree": the places that agree best along the skeleton;
    "component": the probability-weighted centre of the most probable component; "mass": the
    paper's centre of mass; "plain": the centre of mass, and no estimate where the part wins no
    cell. All but "plain" give an estimate for every joint."""
    half: float = 0.5
    """Where a part wins no cell: share of its greatest probability from which cells count."""
    least: float = 1e-4
    """Greatest probability of a part below which neighbouring joints decide."""
    face: float = 0.75
    """Rule "tree": where the joint is between the centres of the upper (0) and the lower half (1)
    of the head; hair and hats draw the centre of the whole upwards."""
    bend: tuple[float, float] = (0.12, 0.05)
    """Rule "tree": how far an elbow is outside of the centre of its band, as shares of the
    distances to the shoulder and to the wrist; fitted on either half of 20 videos of YouTube Pose.
    """
    lift: float = 0.075
    """Rule "tree": how far shoulders are above the centres of their parts, as a share of the
    distance from the middle of both to the head; either half of those videos gives 0.06 to 0.09."""
    nobody: float = 0.5
    """Greatest probability of the person below which nobody is in the picture, if no part wins a
    cell either; at 0 every joint always gets an estimate."""
    apart: float = 0.2
    """Rule "tree": weight of parts outside of the component with most of a head and a trunk, such
    as a pole that is taken for an arm, or somebody else."""
    reach: int = 2
    """Cells around that component in which parts still have their whole weight, such as a hand
    behind a narrow object."""
    skeleton: SkeletonSettings = SkeletonSettings()

    def __post_init__(self) -> None:
        if self.rule not in JOINT_RULES:
            there = ", ".join(JOINT_RULES)
            raise SettingsError(f"no rule {self.rule!r} for joints; there are {there}")
        require(self, "from 0 to 1", "half", "least", "apart")
        require(self, "0 or more", "nobody", "reach")


@dataclass(frozen=True)
class ParseSettings:
    """How a frame is parsed (Charles et al., BMVC 2017, section 4.4; `parse`)."""

    views: tuple[View, ...] = VIEWS[DEFAULT_VIEWS]
    """Views of every frame, whose mean is taken (paper: 1)."""
    joints: JointSettings = JointSettings()
    detail: DetailSettings = DetailSettings()
    """How outlines follow the edges of a frame that is larger than the canvas."""
    doubt: float = 0.3
    """Score of the joints (`find.score_joints`) below which it is in doubt whether the person is in
    view, as in `FollowSettings.doubt`."""
    somebody: float = 0.9
    """In a frame in doubt, the silhouette is kept if the greatest probability of the person is at
    least this; the value of `SeedSettings.somebody`."""
    passers: PasserSettings = PasserSettings()
    """How others who touch the person are cut off."""
    present: float = 0.5
    """Score from which the person is in view even if the track does not expect them."""

    def __post_init__(self) -> None:
        require(self, "one view or more", "views")
        require(self, "from 0 to 1", "doubt", "somebody", "present")


@dataclass(frozen=True)
class SmoothSettings:
    """Joints along time (not in the paper; `smooth`)."""

    reach: int = 4
    """Frames on either side to which a line is fitted; 0 leaves the joints as they are."""
    width: float = 2.0
    """Standard deviation of the weight in time, in frames."""
    rounds: int = 3
    """How often the line is fitted and outliers lose weight."""
    outlier: float = 2.0
    """Distance from the line at which an estimate has lost half of its weight, in median distances.
    """
    least: float = 0.02
    """Least weight of an estimate, whatever its confidence."""
    jump: float = 0.1
    """Overlap of the silhouettes of neighbouring frames below which they show two people or two
    shots, and no line is fitted across."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "reach", "rounds", "least")
        require(self, "above 0", "width", "outlier")
        require(self, "from 0 to 1", "jump")


KEEPS = ("auto", "personal", "generic")
"""What decides which modules are kept; see `VerdictSettings.keep`."""


@dataclass(frozen=True)
class VerdictSettings:
    """Whether what was learned is kept (not in the paper; `verdict`)."""

    share: float = 0.2
    """Of the window, held out from fine-tuning."""
    stretches: int = 5
    """Pieces that the held-out frames come in."""
    shortest: int = 20
    """Frames of a window from which some are held out."""
    least_gain: float = -0.02
    """Estimated gain of a module above which it is kept: a loss must be expected, since silhouettes
    help the joints, too, which their own gain does not count."""
    keep: str = "auto"
    """"auto" decides by the evidence; "personal" and "generic" ignore it."""

    def __post_init__(self) -> None:
        if self.keep not in KEEPS:
            raise SettingsError(f"no way to keep {self.keep!r}; there are {', '.join(KEEPS)}")
        require(self, "from 0 to 1", "share")
        require(self, "1 or more", "stretches", "shortest")


@dataclass(frozen=True)
class AlarmSettings:
    """Warnings that the results of a run may be wrong (not in the paper; `alarms`)."""

    speck: float = 0.02
    """Share of a silhouette below which a piece of it is not counted."""
    head: float = 0.2
    """Confidence of the head below which it is in doubt."""
    absent: float = 0.1
    """Share of all frames without the person from which an alarm is raised."""
    split: float = 0.1
    """Share of the frames with the person whose silhouette is in several pieces, likewise."""
    headless: float = 0.1
    """Share of the frames with the person whose head is in doubt, likewise."""

    def __post_init__(self) -> None:
        require(self, "from 0 to 1", "speck", "head", "absent", "split", "headless")
