"""The numbers of every stage: one frozen record each, every number with its source."""

from dataclasses import dataclass

from propagation.settings import PropagationSettings


@dataclass(frozen=True)
class GuideSettings:
    """Maps that are enlarged along edges (He, Sun and Tang, ECCV 2010; `guided`)."""

    radius: int = 8
    """Pixels around a pixel that its map is fitted in: about a cell."""
    smoothness: float = 1e-4
    """Added to the variance of colours in [0, 1]: edges of less contrast than a hundredth are none."""
    coarse: int = 2
    """Pixels a side that are one for the fit."""


@dataclass(frozen=True)
class CutSettings:
    """Colour mixtures and the cut of one image (Rother et al., SIGGRAPH 2004; `grabcut`)."""

    components: int = 5
    """Gaussians on each side (GrabCut: 5)."""
    iterations: int = 8
    """Rounds of expectation maximisation of a mixture."""
    contrast: float = 3.0
    """Cost of cutting between two pixels of the same colour, in nats (GrabCut's gamma, 50).
    At 256 x 256 arms are three to five pixels wide, and 50 cuts them off."""
    colour_limit: float = 5.0
    """Most nats that the colour of one pixel may say; mixtures have thin tails."""
    belief_weight: float = 0.7
    """How much the log-odds of the belief count beside those of the colour: less mends
    more of a poor belief, and spoils more of a good one."""
    belief_limit: float = 4.6
    """Most nats that a belief may say: those of 0.99, the paper's confidence (section 4.4)."""
    gaps: int = 5
    """Width in pixels of gaps that are closed; a crease or a strap is not the background. An odd
    number; 1 closes none."""
    margin: float = 0.15
    """The cut is looked for this far around the believed person, in parts of its size."""
    smallest_share: float = 0.005
    """Share of the image below which a side is too small to have colours of its own."""
    accept_overlap: float = 0.5
    """Least intersection over union of cut and belief; else the belief is kept."""
    accept_growth: float = 2.0
    """Most by which the cut may be larger or smaller than the belief; else the belief is kept."""


@dataclass(frozen=True)
class NearbySettings:
    """Colours near a place (not in the paper; `nearby`)."""

    weight: float = 0.5
    """Share of their evidence in that of all colours; at 0 they are left out."""
    words: int = 64
    """Colours that are told apart."""
    samples: int = 5000
    """Pixels that these are chosen from."""
    size: int = 160
    """Side of the square that has the area of the person's surroundings where colours are counted."""
    reach: float = 0.12
    """Half the side of the square of pixels that are near, as a share of the side above."""
    prior: float = 0.05
    """Share of the pixels near that either side is taken to have a part in, before any is seen."""


@dataclass(frozen=True)
class RefineSettings:
    """Refinement of a window of beliefs (Charles et al., BMVC 2017, section 4.4; `refine`)."""

    cut: CutSettings = CutSettings(components=8)
    """The cut of every frame; a window shows more colours than an image."""
    nearby: NearbySettings = NearbySettings()
    """What the colours near a place add."""
    samples: int = 20000
    """Pixels of the window that the colours of each side are learned from."""
    sure: float = 0.7
    """Belief from which a pixel is sure: it teaches colours, and is left unlabelled
    rather than overruled by the cut."""


JOINT_RULES = ("tree", "component", "mass", "plain")
"""Ways to read joints off parts; see `JointSettings.rule`."""


@dataclass(frozen=True)
class SkeletonSettings:
    """Joints that agree along the skeleton (not in the paper; `skeleton`)."""

    places: int = 6
    """Greatest maxima of the evidence that are looked at, for each joint."""
    blur: float = 1.5
    """Standard deviation, in cells, of the blur of the evidence."""
    seam: float = 0.75
    """Weight of the nearness of the two parts that a joint separates, beside that of its own."""
    trust: float = 1.0
    """Weight of a joint's own evidence."""
    limb: float = 0.5
    """Weight of what the limb between two joints shows."""
    spread: float = 0.2
    """Shoulder widths beyond the length of a limb at which places hardly go together."""
    floor: float = 0.003
    """Evidence that is always there."""
    against: float = 8.0
    """Most nats that the distance of two places says against them: where the head is hidden, the
    width of the shoulders is too small, and all limbs too long."""
    samples: int = 7
    """Points of a limb that are looked at."""
    near: float = 0.6
    """Shoulder widths within which places are one, and their mean is taken."""
    wide: float = 1.6
    """Most times the width by the size of the head that shoulders may be apart."""
    least_width: float = 3.0
    """Least width of the shoulders, in cells."""


@dataclass(frozen=True)
class JointSettings:
    """Joints from part probabilities (Charles et al., BMVC 2017, section 4.4; `joints`)."""

    rule: str = "tree"
    """Of "tree", the places that agree best along the skeleton; "component", the
    probability-weighted centre of the heaviest connected piece; "mass", the paper's centre
    of mass, and like the former an estimate for every joint; "plain", the centre of mass,
    and no estimate without a cell of the part."""
    half: float = 0.5
    """Where a part wins no cell, those with this share of its greatest probability count."""
    least: float = 1e-4
    """Greatest probability below which a part says nothing, and neighbouring joints decide."""
    face: float = 0.75
    """Where between the centres of the upper (0) and the lower half (1) of the head the joint
    is by the rule "tree": hair and hats draw the centre of the whole upwards."""
    bend: tuple[float, float] = (0.12, 0.05)
    """How far an elbow is outside of the centre of its band by the rule "tree": shares of the
    distances to the shoulder and to the wrist; either half of 20 videos of YouTube Pose asks for it."""
    lift: float = 0.075
    """How far shoulders are above the centres of their parts by the rule "tree": a share of the
    distance from the middle of both to the head; either half of those videos asks for 0.06 to 0.09."""
    nobody: float = 0.5
    """Greatest probability of the person below which nobody is in the picture, if no part
    wins a cell either; at 0 every joint always gets an estimate."""
    apart: float = 0.2
    """What parts weigh by the rule "tree" outside of the piece that has most of a head and a trunk:
    a pole that is taken for an arm, or somebody else."""
    reach: int = 2
    """Cells around that piece in which they still weigh all: a hand behind a narrow thing."""
    skeleton: SkeletonSettings = SkeletonSettings()


@dataclass(frozen=True)
class SmoothSettings:
    """Joints along time (not in the paper; `smooth`)."""

    reach: int = 4
    """Frames on either side that a line is fitted to; 0 leaves the joints as they are."""
    width: float = 2.0
    """Standard deviation of the pull in time, in frames."""
    rounds: int = 3
    """Times that the line is fitted and outliers lose their pull."""
    outlier: float = 2.0
    """Median distances from the line at which an estimate has lost half its pull."""
    least: float = 0.02
    """Least pull of an estimate, whatever its confidence."""
    jump: float = 0.1
    """Overlap of the silhouettes of a frame and of the one before, below which they show two people or
    two shots: no line is fitted across."""


@dataclass(frozen=True)
class OverlaySettings:
    """Look of the overlay video (`overlay`)."""

    opacity: float = 0.5
    """Of the colours of the parts."""
    line: float = 0.004
    """Width of the lines, in parts of the frame's shorter side."""
    doubtful: float = 0.3
    """Joints of less confidence are drawn hollow, and without limbs."""
    hidden: float = 0.05
    """Joints of less confidence are not drawn: what is not in the picture."""


NETWORKS = ("factored", "baseline", "enet", "fcn")
"""Names of the network of the paper, and of those that it is compared with."""

FACTORED = NETWORKS[0]


@dataclass(frozen=True)
class View:
    """One way to look at a frame (not in the paper; `predict`)."""

    scale: float = 1.0
    """Of the sides of the canvas."""
    mirrored: bool = False


VIEWS = {
    "1": (View(),),
    "2": (View(), View(mirrored=True)),
    "4": (View(), View(mirrored=True), View(0.75, mirrored=True), View(1.25)),
}
"""By the number of views: what the mean is taken of."""

DEFAULT_VIEWS = "2"
"""Of a frame that is parsed: four take twice the time, and err as much (docs/PERSONALIZATION.md)."""


@dataclass(frozen=True)
class FactorSettings:
    """Fine-tuning of the factored module alone (Charles et al., BMVC 2017, section 3.3; `training.factor`)."""

    epochs: int = 8
    """Passes over the frames that are learned from (not stated in the paper for video)."""
    learning_rate: float = 2e-3
    """Of RMSprop, corrected for its start; it falls to 0 (not stated in the paper for video)."""
    batch: int = 8
    pull: float = 1e-3
    """Weight of the squared distance to the base weights, against drift."""
    flip: bool = True
    """Learn from mirrored frames too."""
    least_labelled: float = 0.05
    """Share of labelled cells below which a frame teaches nothing."""


@dataclass(frozen=True)
class TeachSettings:
    """Parts that the network teaches itself on one person (not in the paper; `training.teach`)."""

    epochs: int = 6
    """Passes over the frames; 0 leaves the parts to the paper, which learns silhouettes alone."""
    learning_rate: float = 5e-4
    """Of AdamW, at the start; it falls to 0."""
    batch: int = 8
    views: tuple[View, ...] = VIEWS["4"]
    """Of a frame, of which the mean is learned."""
    sharpness: float = 1.4
    """Power that probabilities are raised to before they are learned."""
    rotation: float = 15.0
    """Greatest rotation of a frame that is learned from, degrees either way."""
    shift: float = 0.15
    """Greatest shift either way, in parts of the frame's sides."""
    scale: tuple[float, float] = (0.75, 1.35)
    background_weight: float = 0.25
    joint_weight: float = 2.0
    wrist_weight: float = 5.0
    """Weights in the loss, as in `TrainingSettings`."""
    region_weight: float = 0.0
    """No region is a label here."""


@dataclass(frozen=True)
class WardrobeSettings:
    """Colours of the parts of one person (not in the paper; `wardrobe`)."""

    weight: float = 0.5
    """Times the log-odds that the colours of a cell tell of a part; 0 leaves them out."""
    words: int = 200
    """Colours that are told apart."""
    side: int = 2
    """Pixels of each side of a cell, whose colours count alone: the mean of a cell hides an edge."""
    lightness: float = 0.4
    """Weight of the lightness beside that of the hue: folds and shadows change it."""
    samples: int = 20000
    """Pixels that the colours are chosen from."""
    prior: float = 20.0
    """Pixels of a part that are taken to look like everything, before any is seen."""
    limit: float = 3.0
    """Most nats that one pixel says of a part, before the weight."""


@dataclass(frozen=True)
class SceneSettings:
    """What was there all the time (not in the paper; `scene`)."""

    weight: float = 1.0
    """Times the log-odds that likeness to the scene says of a pixel; 0 leaves it out."""
    limit: float = 3.0
    """Most nats that it says, before the weight."""
    belief_limit: float = 4.6
    """Most nats of a belief in the person that it is weighed with: none is beyond doubt."""
    frames: int = 100
    """Of the window, of which the picture of the scene is the median."""
    soft: float = 1.0
    """Standard deviation, in pixels, of the blur that takes the noise away."""
    place: float = 0.7
    """Correlation of the edges behind the person with those of the picture, below which a frame is
    of another place. Of 20 videos of YouTube Pose it is 0.73 to 0.97 in ten, and 0.68 at most in the others."""
    edge: float = 20.0
    """Strength from which edges are all alike, in grey levels of a Sobel filter: the border of a
    picture within the picture would count more than all that is in it."""
    lightness: float = 0.6
    """Weight of the lightness beside that of the hue: shadows change it."""
    most: float = 60.0
    """Units of L*a*b* above which what is unlike is not told apart."""
    bins: int = 32
    """Steps in which unlikeness is told apart, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which what is counted of them is smoothed."""
    prior: float = 50.0
    """Pixels of either side that are taken to be unlike the scene in any way, before any is seen."""
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""


@dataclass(frozen=True)
class MovementSettings:
    """What moves beside the scene (not in the paper; `movement`)."""

    weight: float = 0.2
    """Times the log-odds that movement says of a pixel, beside those of seeds; 0 leaves it out.
    From 0.1 to 0.4 it matters little; at 1 what is still is taken for the scene."""
    reaches: tuple[int, ...] = (1, 2)
    """Frames either way that a frame is compared with."""
    points: int = 20
    """On each side of the grid of points that show how the scene moves."""
    near: float = 1.0
    """Pixels within which a point moves with the scene."""
    cut: float = 0.5
    """Share of a frame's variance that the flow to another may leave unexplained; above, that one
    is of another scene."""
    most: float = 30.0
    """Pixels of movement above which more says no more."""
    bins: int = 32
    """Steps in which movement is told apart, equal on a logarithmic scale."""
    smooth: float = 1.5
    """Steps over which what is learned of them is smoothed."""
    doubt: float = 1e-3
    """Share of the pixels of each side that may move in any way."""
    limit: float = 3.0
    """Most nats that movement says of a pixel, before the weight."""
    blur: int = 5
    """Side of the square of pixels over which evidence is averaged."""


@dataclass(frozen=True)
class SeedSettings:
    """Confident labels and their propagation (Charles et al., BMVC 2017, section 4.4; `propagate`)."""

    confidence: float = 0.99
    """Certainty above which a prediction becomes a seed (paper)."""
    limit: float = 4.6
    """Most nats that a seed says: those of 0.99. No seed is beyond doubt."""
    given: float = 40.0
    """Nats that a silhouette given by the user says: more than all its neighbours together."""
    size: int = 256
    """Side of the square that has the area of the frames that are matched."""
    surest: float = 0.25
    """Of all that is believed to be the person, or the background, at least this share
    becomes seeds, even where it is less certain than `confidence`."""
    somebody: float = 0.9
    """Certainty that somebody is there."""
    least_person: float = 0.0005
    """Share of the window's cells with that certainty; below it, nobody was found."""
    own: float = 0.5
    """Share of the network's own log-odds in a belief; the rest is what was carried along."""
    movement: MovementSettings = MovementSettings()
    propagation: PropagationSettings = PropagationSettings()


AUTO = "auto"
"""Size of a canvas that a first look at the video chooses."""


@dataclass(frozen=True)
class AimSettings:
    """The first look at a video (not in the paper; `aim`)."""

    looks: int = 32
    """Frames to look at, spread over the video."""
    rounds: int = 2
    """Looks at each of them: at whole frames, then through the framing that this gave."""
    size: int = 256
    """Side of the square that has the area of a whole frame's canvas."""
    sure: float = 0.5
    """Probability from which a cell is the person's."""
    agree: int = 2
    """Looks that must see the person somewhere before that place is held."""
    margin: float = 1.5
    """Room around the person on every side, for what was not seen of them, in heads."""
    head: float = 42.0
    """Side in canvas pixels of the square that has the area of the head: a sixth more than on
    training images of 256 pixels, where heads measure 0.7 of the width of the shoulders, since
    small parts and outlines gain by it (docs/PERSONALIZATION.md, "Larger canvases")."""
    least: float = 128.0
    most: float = 440.0
    """Bounds of the side of the square that has the canvas's area; above, 3 times the pixels
    of 256 x 256."""


@dataclass(frozen=True)
class VerdictSettings:
    """Whether what was learned is kept (not in the paper; `verdict`)."""

    share: float = 0.2
    """Of the window, held out from fine-tuning."""
    stretches: int = 5
    """Pieces that the held-out frames come in."""
    shortest: int = 20
    """Frames of a window from which some are held out."""
    least_gain: float = 0.0
    """Mean gain in evidence above which the personal network is kept."""
    most_lost: float = 0.06
    """Share of the joints that the personal network may miss where the generic one finds them:
    what taught itself not to see raised arms agrees with itself all the better."""
    most_changed: float = 0.17
    """Gain in agreement above which the labels are doubted, where the generic network sees enough."""
    sees_enough: float = 0.94
    """Share of the joints that the generic network finds: who found as many cannot have been so
    wrong about the person, but a shadow may have been taken in. Of the videos of development
    whose agreement gains so much, those that were better found at most 0.936 before, the others
    at least 0.95."""


@dataclass(frozen=True)
class RunSettings:
    """Personalization of one video (Charles et al., BMVC 2017, section 4.4; `pipeline`)."""

    window: int = 301
    """Frames that the person is learned from (paper)."""
    centre: int | None = None
    """Frame in the middle of the window; by default that of the video (paper)."""
    size: int | str = AUTO
    """Side of the square that has the network's canvas's area, for whole frames (paper: 512);
    "auto" takes crop and size from a first look (`aim`)."""
    aim: AimSettings = AimSettings()
    seed: int = 0
    """Of all that is drawn at random."""
    seeds: SeedSettings = SeedSettings()
    scene: SceneSettings = SceneSettings()
    refine: RefineSettings = RefineSettings()
    factor: FactorSettings = FactorSettings()
    teach: TeachSettings = TeachSettings()
    learned: int = 100
    """Most frames of the window that are learned from, evenly spread: neighbours look alike. Those
    of which silhouettes are given are never left out."""
    way: float = 0.5
    """Share of the way that is gone to the parts that the network taught itself (`training.blend`)."""
    wardrobe: WardrobeSettings = WardrobeSettings()
    verdict: VerdictSettings = VerdictSettings()
    window_views: tuple[View, ...] = VIEWS["4"]
    """Of every frame of the window, of which the mean is its prediction (paper: 1)."""
    views: tuple[View, ...] = VIEWS[DEFAULT_VIEWS]
    """Of every frame that is parsed (paper: 1)."""
    joints: JointSettings = JointSettings()
    smooth: SmoothSettings = SmoothSettings()
    overlay: OverlaySettings = OverlaySettings()


@dataclass(frozen=True)
class TransferSettings:
    """Transfer of the X factor to other images (Charles et al., BMVC 2017, sections 3.3 and 4.3; `transfer`)."""

    size: int = 256
    """Side of the square that has the area of every image's canvas."""
    seeds: SeedSettings = SeedSettings()
    """Which of the network's own answers are confident (paper: certainty above 0.99)."""
    least_person: float = 0.005
    """Share of an image's cells that must be the person with the certainty of `seeds.somebody`;
    below it nobody was found, and the image teaches nothing."""
    grabcut: bool = True
    """Refine the confident answers by the colours of each image (the paper's "Tran-Grab")."""
    refine: RefineSettings = RefineSettings(cut=CutSettings())
    factor: FactorSettings = FactorSettings(epochs=4, learning_rate=3e-4)
    """By their own silhouettes, cut, 160 rendered people of the domain "poor" at 192 x 192 gain as much by 3e-4 as
    by 1e-3, and eight photographs lose next to nothing; true ones would gain more by more (paper: one epoch of 1703 images)."""
    seed: int = 0
