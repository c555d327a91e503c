"""The result of learning one person."""

from dataclasses import dataclass, replace

from personalize.network.engines.interface import Engine
from personalize.stages.parse import Parser
from personalize.stages.verdict import Verdict
from personalize.types import MODULES, Array


@dataclass(frozen=True, eq=False)
class Adaptation:
    """The result of learning from a window of T frames.

    Attributes
    ----------
    person : (T, h, w) float32 array
        Probability of the person by the generic network, in cells, or by a factor, of any size.
    beliefs : (T, H, W) float16 array
        After propagation, at the working size.
    labels : (T, H, W) uint8 array
        After refinement: 1 person, 0 background, 255 unlabelled.
    generic, personal : Parser
        Before learning and after; the personal one uses the colours of the person, too.
    kept : Parser
        With the modules that the verdict keeps; one of the other two if it keeps none or both.
    verdict : Verdict
    """

    person: Array
    beliefs: Array
    labels: Array
    generic: Parser
    personal: Parser
    kept: Parser
    verdict: Verdict


def parser_kept(verdict: Verdict, generic: Parser, personal: Parser, engine: Engine) -> Parser:
    """Return the parser with the modules that a verdict keeps.

    Parameters
    ----------
    verdict : Verdict
    generic, personal : Parser
        Before learning and after.
    engine : Engine
        Engine of the network that is kept.

    Returns
    -------
    Parser
    """
    silhouettes, parts = map(verdict.keeps, MODULES)
    if silhouettes == parts:
        return personal if parts else generic
    appearance = personal.appearance and personal.appearance.of(
        silhouettes=silhouettes, parts=parts
    )
    return replace(personal, network=engine, appearance=appearance)
