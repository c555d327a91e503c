"""The numbers of learning one person; every number with its source."""

from dataclasses import dataclass

from personalize.datasets.settings import PartGeometry
from personalize.network.settings import VIEWS, View
from personalize.ranges import require
from personalize.stages.settings import JointSettings


@dataclass(frozen=True)
class FactorSettings:
    """Fine-tuning of the factored module alone (Charles et al., BMVC 2017, section 3.3;
    `adaptation.factor`).
    """

    epochs: int = 5
    """Passes over the learned frames (not stated in the paper for video)."""
    learning_rate: float = 2e-3
    """Rate of RMSprop, corrected for its start; it falls to 0 (not stated in the paper for video).
    """
    batch: int = 8
    """Frames of a step."""
    pull: float = 1e-3
    """Weight of the squared distance to the base weights, against drift."""
    flip: bool = True
    """Learn from mirrored frames too."""
    least_labelled: float = 0.05
    """Share of labelled cells below which a frame is not learned."""

    def __post_init__(self) -> None:
        require(self, "1 or more", "epochs", "batch")
        require(self, "above 0", "learning_rate")
        require(self, "0 or more", "pull")
        require(self, "from 0 to 1", "least_labelled")


@dataclass(frozen=True)
class SelfTrainingSettings:
    """Parts that the network teaches itself on one person (not in the paper;
    `adaptation.self_training`).
    """

    epochs: int = 4
    """Passes over the learned frames; 0 learns no parts, as in the paper."""
    learning_rate: float = 5e-4
    """Rate of AdamW at the start; it falls to 0."""
    batch: int = 8
    """Frames of a step."""
    views: tuple[View, ...] = VIEWS["2"]
    """Views of a frame, whose mean is learned."""
    sharpness: float = 1.4
    """Power that probabilities are raised to before they are learned."""
    rotation: float = 15.0
    """Greatest rotation of a learned frame, degrees either way."""
    shift: float = 0.15
    """Greatest shift either way, in parts of the frame's sides."""
    scale: tuple[float, float] = (0.75, 1.35)
    """Range in which a learned frame is scaled."""
    background_weight: float = 0.25
    """Weight of the background in the loss, as in `TrainingSettings`."""
    joint_weight: float = 2.0
    """Weight of the parts that joints are read off, as in `TrainingSettings`."""
    wrist_weight: float = 5.0
    """Weight of the wrists, as in `TrainingSettings`."""
    region_weight: float = 0.0
    """Weight of regions, as in `TrainingSettings`; they are no labels here."""

    def __post_init__(self) -> None:
        require(
            self,
            "0 or more",
            "epochs",
            "rotation",
            "shift",
            "background_weight",
            "joint_weight",
            "wrist_weight",
            "region_weight",
        )
        require(self, "1 or more", "batch")
        require(self, "above 0", "learning_rate", "sharpness")
        require(self, "one view or more", "views")
        require(self, "two numbers above 0, the lower first", "scale")


@dataclass(frozen=True)
class TeacherSettings:
    """Parts by the landmarks of a teacher (not in the paper; `adaptation.teacher`)."""

    geometry: PartGeometry = PartGeometry()
    joints: JointSettings = JointSettings()
    """How joints are read off the parts that are drawn, to see that they lie on the landmarks."""
    rounds: int = 2
    """Times that landmarks are moved against what the joints are beside them
    (`benchmarks.labels`: elbows and shoulders come half as far from their landmarks)."""
    moved: float = 0.2
    """Farthest that a landmark is moved, in units of the body."""
    inside: float = 0.6
    near: float = 0.15
    """Share of the visible landmarks that must lie in the silhouette, or so many units from it; as
    in `LabelSettings`."""
    leap: float = 0.5
    """Units of the body from the middle of its two neighbours in time, from which a landmark is
    left out."""
    stray: float = 0.15
    """The same, from which it contradicts time: together with a sure network it is not believed."""
    usual: float = 4.0
    """Times the median of the window beyond which either must be, too."""
    sure: float = 0.9
    """Probability from which a network is sure of another part."""
    shown: float = 0.25
    """Greatest share of a cell from which a part was shown, and so is not elsewhere."""
    reach: int = 1
    """Cells around it in which it still may be."""
    way: float = 1.0
    """Share of the way that is gone to the parts that were learned with a teacher."""

    def __post_init__(self) -> None:
        require(self, "0 or more", "rounds", "moved", "near", "leap", "stray", "usual", "reach")
        require(self, "from 0 to 1", "inside", "sure", "shown", "way")
