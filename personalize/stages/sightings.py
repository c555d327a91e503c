"""Where the person was seen: a record that finding hands to steering."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from personalize.imaging.shades import SHADES
from personalize.stages.find import Candidate
from personalize.types import Array


@dataclass(frozen=True, eq=False)
class Sightings:
    """The person in some frames of one video.

    Attributes
    ----------
    numbers : (K,) int array
        Frames of the video, ascending.
    boxes : (K, 4) float array
        Left, top, right and bottom edge in source pixels; NaN where nobody was seen.
    heads : (K,) float array
        Side of the square with the area of the head, in source pixels; NaN likewise.
    at : (K, 2) float array
        The head, (x, y) in source pixels; NaN likewise.
    colours : (K, 2, SHADES) float array or None
        Shares of the colours of the person, and of other people, in each look; NaN where there is
        nobody. None where nobody looked for others.
    """

    numbers: Array
    boxes: Array
    heads: Array
    at: Array
    colours: Array | None = None

    @classmethod
    def of(
        cls,
        numbers: Sequence[int],
        chosen: Sequence[Candidate | None],
        others: Array | None = None,
    ) -> "Sightings":
        """Return the sightings of the candidates that were chosen in K looks.

        Parameters
        ----------
        numbers : sequence of K int
            Frames of the video, ascending.
        chosen : sequence of K Candidate or None
        others : (K, SHADES) float array, optional
            Shares of the colours of other people (`others.others_of`).
        """
        boxes = [np.full(4, np.nan) if one is None else one.box for one in chosen]
        heads = [np.nan if one is None else one.head for one in chosen]
        at = [np.full(2, np.nan) if one is None else one.at for one in chosen]
        colours = None
        if others is not None:
            worn = [np.full(SHADES, np.nan) if one is None else one.colours**2 for one in chosen]
            colours = np.stack([np.array(worn), others], axis=1)
        return cls(np.asarray(numbers), np.array(boxes), np.array(heads), np.array(at), colours)

    @property
    def known(self) -> Array:
        """Whether somebody was seen: (K,) bool array."""
        return ~np.isnan(self.heads)

    def between(self, start: int, stop: int) -> "Sightings":
        """Return those of the frames of a span."""
        inside = (self.numbers >= start) & (self.numbers < stop)
        return self._where(inside)

    def where_known(self) -> "Sightings":
        """Return those that saw somebody."""
        return self._where(self.known)

    def _where(self, chosen: Array) -> "Sightings":
        kept = {name: values[chosen] for name, values in vars(self).items() if values is not None}
        return replace(self, **kept)
