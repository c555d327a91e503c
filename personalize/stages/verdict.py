"""Decide for each module that learned whether it is kept, by the gain that evidence promises.

The gain is estimated by a linear model of the evidence (`judge`) that was fitted on rendered films
and real videos whose truth is known: `benchmarks/verdict.py` makes the table of their evidence and
fits the model anew. The estimate has a standard deviation: of the fit, and of what the evidence
does not tell. A module is kept if its estimated gain is above `VerdictSettings.least_gain`. The
paper has no such test; it keeps whatever was learned.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Self

import numpy as np
from numpy.typing import NDArray

from personalize.stages.landmark_evidence import DISTANCE, GAIN
from personalize.stages.settings import VerdictSettings
from personalize.types import MODULES, Array, Json

LEARNER = dict(zip(MODULES, ("factored", "aggregation")))
"""What is learned -> the module of the network that learns it."""
UNITS = {"silhouettes": "of J", "parts": "of the joints' error"}
"""What the gain of a module is measured in."""
NETWORKS = ("generic", "personal")
OF_SILHOUETTES = {
    "agreement": "of silhouettes with the labels that were carried through time",
    "steadiness": "of silhouettes with those of the next frame, moved back along the flow",
    "certainty": "of silhouettes: how far from one half they are",
    "told_by_parts": "of silhouettes with what the generic parts take for the person",
    "shared": "of silhouettes with the generic ones",
}
OF_PARTS = {
    "parts_steadiness": "of parts with those of the next frame, moved back along the flow",
    "joints_found": "share of the upper body's joints whose part wins a cell",
    "joints_score": "mean of the six greatest confidences of joints",
    "joints_still": "1 less the distance of joints to those before, in widths of the shoulders",
}
EVIDENCE = OF_SILHOUETTES | OF_PARTS | {DISTANCE: "1 less the distance of joints to the landmarks"}
"""Kinds of evidence, in [0, 1], more being better; overlaps are intersections over unions. An empty
silhouette overlaps with nothing: to see nobody anywhere is steady, but no evidence."""
CALIBRATION = "calibration.json"


@dataclass(frozen=True)
class Choice:
    """Whether a module of the personal network is kept.

    Attributes
    ----------
    kept : {"personal", "generic"}
    reason : {"gain", "small loss", "loss", "untested", "given", "not learned", "asked"}
        What decided. "gain", "small loss", "loss": what is expected; "untested": no frame was held
        out; "given": none was, since the user gave silhouettes; "asked": the user said so.
    estimate : float or None
        Of the gain: of silhouettes in J, of parts the share of the joints' error that is taken
        away. None without evidence.
    uncertainty : float or None
        Standard deviation of the estimate.
    """

    kept: str
    reason: str
    estimate: float | None = None
    uncertainty: float | None = None


@dataclass(frozen=True)
class Verdict:
    """Which modules are kept, and why.

    Attributes
    ----------
    silhouettes, parts : Choice
    held_out : int
        Frames that it rests on; 0 where the window was too short to hold any out, or their
        silhouettes were given.
    evidence : dict of str to dict of str to float
        Kind of evidence -> "generic" and "personal" -> its mean over the frames held out.
    """

    silhouettes: Choice
    parts: Choice
    held_out: int
    evidence: dict[str, dict[str, float]]

    def keeps(self, module: str) -> bool:
        """Whether one of `MODULES` is kept as it was learned."""
        choice: Choice = getattr(self, module)
        return choice.kept == "personal"

    @property
    def kept_modules(self) -> list[str]:
        """Those of `MODULES` that are kept as they were learned."""
        return [module for module in MODULES if self.keeps(module)]

    def describe(self) -> Json:
        """Return it as a manifest has it."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class GainModel:
    """A linear model of the gain of a module, with the uncertainty of its weights.

    Attributes
    ----------
    features : tuple of F (str, str)
        Kind of evidence, and "change", from before learning to after, or "before".
    middle, scale : (F,) float arrays
        What is taken from each, and what it is divided by then.
    weights : (1 + F,) float array
        Of a constant, and of the features.
    covariance : (1 + F, 1 + F) float array
        Of the weights.
    noise : float
        Variance of the gain that the features do not explain.
    """

    features: tuple[tuple[str, str], ...]
    middle: Array
    scale: Array
    weights: Array
    covariance: Array
    noise: float

    def estimate(self, evidence: Mapping[str, Array]) -> tuple[float, float]:
        """Return the expected gain and its standard deviation.

        Parameters
        ----------
        evidence : dict of str to (2,) float array
            Before and after; what is missing or NaN counts for nothing.
        """
        values = read_features(evidence, self.features)
        known = np.nan_to_num((values - self.middle) / self.scale)
        row = np.concatenate([[1.0], known])
        variance = self.noise + row @ self.covariance @ row
        return float(row @ self.weights), float(np.sqrt(variance))

    @classmethod
    def from_json(cls, record: Json) -> Self:
        """Return the model in a calibration file."""
        names = ("middle", "scale", "weights", "covariance")
        arrays = {name: np.array(record[name], np.float64) for name in names}
        features = tuple((kind, which) for kind, which in record["features"])
        return cls(features, **arrays, noise=record["noise"])


def read_features(
    evidence: Mapping[str, Array], features: Sequence[tuple[str, str]]
) -> NDArray[np.float64]:
    """Return features (F,) of evidence, as `GainModel.features` names them; NaN of none."""
    nothing = np.full(2, np.nan)
    pairs = [(evidence.get(kind, nothing), which) for kind, which in features]
    return np.array(
        [pair[1] - pair[0] if which == "change" else pair[0] for pair, which in pairs], np.float64
    )


@cache
def load_calibration() -> dict[str, GainModel]:
    """Return the model of each module's gain, as `benchmarks.verdict` fitted it."""
    record = json.loads((files(__package__) / CALIBRATION).read_text())
    return {module: GainModel.from_json(record[module]) for module in MODULES}


def reach_verdict(
    evidence: Mapping[str, Array],
    held_out: int,
    *,
    learned: Collection[str] = MODULES,
    given: bool = False,
    settings: VerdictSettings = VerdictSettings(),
) -> Verdict:
    """Decide by the evidence.

    Parameters
    ----------
    evidence : dict of str to (2,) float array
        Of `judge.gather_evidence`.
    held_out : int
        Frames that it is of.
    learned : collection of str
        Those of `MODULES` that learned anything.
    given : bool
        Whether the user gave silhouettes; what they teach is kept where it cannot be tested.
    settings : VerdictSettings

    Returns
    -------
    Verdict
    """

    def choose(module: str) -> Choice:
        estimate, uncertainty = None, None
        if evidence:
            estimate, uncertainty = load_calibration()[module].estimate(evidence)
        if module == "parts" and GAIN in evidence:  # the landmarks of a teacher are better evidence
            estimate, uncertainty = evidence[GAIN].tolist()
        if module not in learned:
            kept, reason, estimate, uncertainty = "generic", "not learned", None, None
        elif settings.keep != "auto":
            kept, reason = settings.keep, "asked"
        elif estimate is None:
            kept, reason = ("personal", "given") if given else ("generic", "untested")
        elif estimate > settings.least_gain:
            kept, reason = "personal", "gain" if estimate > 0 else "small loss"
        else:
            kept, reason = "generic", "loss"
        return Choice(kept, reason, estimate, uncertainty)

    compared = {
        kind: dict(zip(NETWORKS, (round(float(value), 4) for value in pair)))
        for kind, pair in evidence.items()
        if kind != GAIN and np.isfinite(pair).all()
    }
    return Verdict(choose("silhouettes"), choose("parts"), held_out, compared)
