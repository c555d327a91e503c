"""What was learned of one person."""

from dataclasses import dataclass

from personalize.stages.parse import Parser
from personalize.stages.verdict import Verdict
from personalize.types import Array


@dataclass(frozen=True, eq=False)
class Adaptation:
    """What was learned from a window of T frames.

    Attributes
    ----------
    person : (T, h, w) float32 array
        The generic network's probability of the person, in cells; or a factor's,
        as large as it likes.
    beliefs : (T, H, W) float16 array
        After propagation, at the working size.
    labels : (T, H, W) uint8 array
        After refinement: 1 person, 0 background, 255 unlabelled.
    generic, personal : Parser
        Before learning and after; the latter knows the colours of the person, too.
    kept : Parser
        Of the modules that the verdict keeps; one of the former two where it keeps none or both.
    verdict : Verdict
    """

    person: Array
    beliefs: Array
    labels: Array
    generic: Parser
    personal: Parser
    kept: Parser
    verdict: Verdict
