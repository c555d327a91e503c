"""What is lost where an outline is given in cells: J of sequences with masks, by how a map is
enlarged.

    python -m benchmarks.outlines ROOT

ROOT is in the layout of DAVIS. Perfect maps hold the true masks, brought to cells by the
majority of their pixels, or by the share that the person covers; the generic network's are
of two views. A map is enlarged smoothly, or along the edges of the frame
(`personalize/imaging/guided_filter.py`). Every fifth mask is scored.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from personalize.adaptation.base import Base
    from personalize.datasets.davis import Sequence
    from personalize.imaging.framing import Framing
    from personalize.settings import RunSettings
    from personalize.types import Array, Frame, Mask

STEP = 5


def maps_of(
    sequence: Sequence, base: Base, settings: RunSettings
) -> Iterator[tuple[Mask, Frame, Framing, tuple[Array, Array, Array]]]:
    """Yield every fifth mask of a sequence with maps of it in cells.

    Parameters
    ----------
    sequence : Sequence
    base : Base
    settings : RunSettings

    Yields
    ------
    mask : (H, W) bool array
        The truth.
    canvas : (rows, cols, 3) uint8 array
    framing : Framing
    maps : three (h, w) float32 arrays
        By the majority of pixels, by shares, and the network's.
    """
    from personalize.media.given_silhouettes import cells_covered
    from personalize.media.video import open_source
    from personalize.network.inference import consensus, look, merge
    from personalize.procedures.tracking import find_track

    track = find_track(open_source(sequence.folder), base.network, settings)
    for frame in sequence.annotated[::STEP]:
        framing = track[frame]
        mask, canvas = sequence.read_mask(frame), framing.apply(sequence.read_frame(frame))
        shares = cells_covered(mask, framing)
        majority = (shares >= 0.5).astype(np.float32)
        looked = look(base.network, canvas[None], views=settings.parse.views)
        generic = consensus(looked.person[:, 1].cpu().numpy(), merge(base.network, looked))[0]
        yield mask, canvas, framing, (majority, shares, generic)


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.option("--weights", type=click.Path(path_type=Path))
def main(root: Path, weights: Path | None) -> None:
    """Print a Markdown table: a map a line."""
    import cv2

    from personalize.commands.loading import load_base
    from personalize.datasets.davis import sequences
    from personalize.evaluation.segmentation import intersection_over_union
    from personalize.imaging.guided_filter import enlarge_guided
    from personalize.settings import RunSettings

    base, settings = load_base(weights, "auto"), RunSettings()
    scores = []
    for sequence in sequences(root):
        rows = []
        for mask, canvas, framing, maps in maps_of(sequence, base, settings):
            size = canvas.shape[1::-1]
            rows.append(
                [
                    [
                        intersection_over_union(mask, framing.restore(enlarged) >= 0.5)
                        for enlarged in (cv2.resize(cells, size), enlarge_guided(cells, canvas))
                    ]
                    for cells in maps
                ]
            )
        scores.append(np.mean(rows, axis=0))
    print("| map | enlarged smoothly, J | along edges, J |\n|---|--:|--:|")
    names = ("perfect, by the majority", "perfect, by shares", "generic network")
    for name, row in zip(names, np.mean(scores, axis=0)):
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")


if __name__ == "__main__":
    main()
