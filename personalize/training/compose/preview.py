"""Draw composed samples side by side with what is known of their cells, to look at."""

import numpy as np

from personalize.imaging.framing import CELL
from personalize.media.images import write_image
from personalize.parts import COLOURS
from personalize.training.compose.composer import Composer
from personalize.types import UNLABELLED, PathLike

SAMPLES, COLUMNS = 24, 6
REGION, UNKNOWN = (200, 200, 200), (90, 0, 90)


def draw_preview(samples: Composer, path: PathLike) -> None:
    """Write the first 24 samples to a PNG: each image, and beside it its labels over it.

    Labels have the colours of `parts.COLOURS`; regions, which leave parts open, are light grey, and
    what is not known is purple.

    Parameters
    ----------
    samples : Composer
    path : path-like
    """
    images, parts, _ = (values.cpu().numpy() for values in samples.compose(range(SAMPLES)))
    palette = np.array([*COLOURS, *[REGION] * (256 - len(COLOURS))], np.uint8)
    palette[UNLABELLED] = UNKNOWN
    pairs = []
    for image, cells in zip(images.transpose(0, 2, 3, 1), parts):
        colours = palette[cells].repeat(CELL, axis=0).repeat(CELL, axis=1)
        known = (cells > 0).repeat(CELL, axis=0).repeat(CELL, axis=1)[..., None]
        pairs.append(np.hstack((image, np.where(known, image // 2 + colours // 2, image // 2))))
    rows = [np.hstack(pairs[k : k + COLUMNS]) for k in range(0, SAMPLES, COLUMNS)]
    write_image(path, np.vstack(rows))
