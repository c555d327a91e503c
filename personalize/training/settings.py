"""The numbers of a training, and the recipes that have a name; every number with its source."""

from dataclasses import dataclass

from personalize.datasets.settings import AugmentSettings, RealSettings
from personalize.network.settings import FACTORED


@dataclass(frozen=True)
class Machine:
    """What a training is computed with; it may change from one start of a training to the next.

    Attributes
    ----------
    device : str
        As torch names it.
    workers : int
        Processes that compose images on a CPU; a GPU composes its own.
    minutes : float
        Time between checkpoints.
    compiled : bool
        Compile the modules first: the fused steps of a CPU take half the time.
    bfloat16 : bool
        Compute steps, but not validation, in bfloat16 where that is safe (autocast).
    """

    device: str = "cpu"
    workers: int = 1
    minutes: float = 5.0
    compiled: bool = False
    bfloat16: bool = False


@dataclass(frozen=True)
class TrainingSettings:
    """The paper's recipe (Charles et al., BMVC 2017, section 4.1; `training.train`)."""

    network: str = FACTORED
    """One of `NETWORKS`. Those without an X factor learn end to end alone."""
    size: int = 512
    """Side of the training images."""
    samples: int = 260 * 6812
    """Images seen (paper: 260 epochs of the 6812 of Unite the People)."""
    batch: int = 8
    """Images a step (not stated in the paper; ENet 10)."""
    optimizer: str = "rmsprop"
    """"rmsprop" (paper) or "adamw"."""
    learning_rate: float = 5e-4
    """Greatest learning rate of the optimizer."""
    weight_decay: float = 2e-4
    """Weight decay of the optimizer."""
    warmup: int = 0
    """Samples in which the learning rate rises from 0."""
    cooldown: float = 0.0
    """Share of the training, at the end, in which the learning rate falls."""
    fall: str = "linear"
    """"linear", to 0, or "cosine", to 2 %."""
    minutes_total: float = 0.0
    """Minutes after which the training ends, even if fewer samples were seen; 0 for no such end."""
    aggregation_alone: bool = False
    """Leave all other modules as they are, and corrupt nothing: a training that goes on from good
    weights, and cannot lose the silhouettes (not in the paper)."""
    end_to_end: float = 0.0
    """Share of the samples, at the start, that are in setting 3; then all four settings are equally
    likely."""
    dropout: float = 1.0
    """Factor of the dropout of `network.modules`; a short training does not need it."""
    noise: tuple[float, float] = (10.0, 120.0)
    """Range of the standard deviation of image noise, of 255 (settings 2 and 4)."""
    swap: tuple[float, float] = (0.0, 0.5)
    """Range of the share of cells whose confidences are swapped (settings 1 and 4)."""
    background_weight: float = 1.0
    """Weight of the background in the main loss, beside 1 for a part."""
    joint_weight: float = 1.0
    """Weight of the parts that upper-body joints are read off, hands included."""
    wrist_weight: float = 1.0
    """Weight of the wrists, bands that are narrower than a cell; 1 labels cells by their centres,
    more also gives a cell to the wrist that fills a quarter of it."""
    region_weight: float = 0.0
    """Weight of regions of the body in the main loss, which photographs know; at 0 only
    their background teaches the main task."""
    true_share: float = 0.0
    """Share of images whose true silhouette the aggregation module gets (not in the paper)."""
    averaging: int = 0
    """Images over which the weights that are kept are averaged; at 0 they are the last ones (not in
    the paper; Polyak and Juditsky 1992)."""
    real_share: float = 0.0
    """Share of samples that are real: photographs with silhouette and regions, and people with
    parts."""
    photograph_scale: tuple[float, float] = (0.45, 1.5)
    """Range of the scale of photographs, which show a person from head to foot."""
    augment: AugmentSettings = AugmentSettings()
    real: RealSettings = RealSettings()
    seed: int = 0
    """Seed of all random numbers."""


SMALL_AUGMENT = AugmentSettings(
    rotation=20.0,
    shift=0.2,
    scale=(0.8, 1.7),
    occluder=0.25,
    clutter=0.3,
    shadow=0.3,
    dye=0.35,
    blend_in=0.3,
    photometric=1.0,
)

RECIPES = {
    "paper": TrainingSettings(),
    "quick": TrainingSettings(
        size=192,
        samples=60_000,
        batch=16,
        optimizer="adamw",
        learning_rate=3e-3,
        weight_decay=1e-2,
        warmup=1600,
        cooldown=0.25,
        end_to_end=0.85,
        dropout=0.0,
        background_weight=0.25,
        joint_weight=2.0,
        wrist_weight=5.0,
        region_weight=0.5,
        true_share=0.3,
        real_share=0.25,
        augment=SMALL_AUGMENT,
    ),
}
"""Named recipes: the paper's, and one for a CPU and an evening."""
