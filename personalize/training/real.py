"""The real pictures of a training as sources: photographs with regions, and people with parts.

`real_share` is split between groups by their weights (`datasets.settings`), and equally between
the pictures of a group. Photographs with labelled parts are the group "ccp_known", and are used
with these labels; the others of `--photographs` are "ccp_regions".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from personalize.datasets import real_people
from personalize.datasets.real_people import LabelledPicture
from personalize.datasets.settings import GROUP_WEIGHTS, OTHER_WEIGHT
from personalize.training.compose.bank import Bank, Read, stacked
from personalize.training.compose.cloth import PHOTOGRAPHED
from personalize.training.compose.sources import Source
from personalize.training.settings import TrainingSettings
from personalize.types import UNLABELLED, Array, Frame, Labels, PathLike

KNOWN = 0.5  # of a cell of a real picture; bags and outlines are not labelled


def real_sources(
    photographs: Mapping[str, tuple[Frame, Labels]],
    root: PathLike | None,
    settings: TrainingSettings,
    bank_of: Callable[[Read, int], Bank],
) -> list[Source]:
    """Return the sources of real pictures, whose shares have the sum of `settings.real_share`.

    Parameters
    ----------
    photographs : dict of str to ((H, W, 3) uint8, (H, W) uint8) arrays
        Photographs of Clothing Co-Parsing by name, and their regions.
    root : path-like or None
        Of real people with parts.
    settings : TrainingSettings
    bank_of : callable
        ``bank_of(read, count)`` makes a `Bank`.

    Returns
    -------
    list of Source
    """
    groups = grouped(photographs, root)
    weights = {name: weight_of(name, len(reads), photographs) for name, reads in groups.items()}
    share = settings.real_share / max(sum(weights.values()), 1e-9)
    return [
        group_source(name, reads, share * weights[name], settings, bank_of)
        for name, reads in groups.items()
    ]


def weight_of(name: str, count: int, photographs: Mapping[str, tuple[Frame, Labels]]) -> float:
    """Return the weight of a group of pictures beside others.

    Parameters
    ----------
    name : str
        Of the group; `ccp_known` and `ccp_regions` share the weight of the photographs by their
        parts of them.
    count : int
        Pictures of the group.
    photographs : dict of str to (array, array)
        Of Clothing Co-Parsing, as for `real_sources`.

    Returns
    -------
    float
    """
    weight = GROUP_WEIGHTS.get(name, OTHER_WEIGHT)
    return weight * count / len(photographs) if name in ("ccp_known", "ccp_regions") else weight


def grouped(
    photographs: Mapping[str, tuple[Frame, Labels]], root: PathLike | None
) -> dict[str, list[Callable[[], Array]]]:
    """Return, for each group that is not empty, functions that read its pictures for a `Bank`."""
    groups: dict[str, list[Callable[[], Array]]] = {}
    labels: dict[str, Path] = {}
    if root is not None:
        for picture in real_people.pictures(root):
            groups.setdefault(picture.group, []).append(partial(read_person, picture))
        labels = real_people.photograph_labels(root)
    for name, (image, regions) in photographs.items():
        if name in labels:
            groups.setdefault("ccp_known", []).append(partial(read_known, image, labels[name]))
        else:
            groups.setdefault("ccp_regions", []).append(partial(read_regions, image, regions))
    return groups


def read_person(picture: LabelledPicture) -> Array:
    """Read a real person as a picture of a `Bank`; of outlines that are not labelled nothing is cut
    out.
    """
    return cut_out(picture.read_image(), picture.read_labels())


def read_known(image: Frame, labels: Path) -> Array:
    """Read a photograph with the labels of its parts, a path."""
    return cut_out(image, real_people.read_photograph_labels(labels, *image.shape[:2]))


def cut_out(image: Frame, labels: Labels) -> Array:
    """Stack an image and its labels; opaque is where somebody is for certain."""
    opaque = np.where((labels > 0) & (labels != UNLABELLED), np.uint8(255), np.uint8(0))
    return stacked(image, opaque, labels)


def read_regions(image: Frame, regions: Labels) -> Array:
    """Stack a photograph and its regions; bags, which are not labelled, are cut out with the
    person.
    """
    return stacked(image, np.where(regions > 0, np.uint8(255), np.uint8(0)), regions)


def read_one(reads: Sequence[Callable[[], Array]], index: int) -> Array:
    """Read the picture of an index, by what reads each."""
    return reads[index]()


def group_source(
    name: str,
    reads: Sequence[Callable[[], Array]],
    share: float,
    settings: TrainingSettings,
    bank_of: Callable[[Read, int], Bank],
) -> Source:
    """Return the source of one group.

    Parameters
    ----------
    name : str
        Of the group: it decides how its pictures are placed and varied.
    reads : sequence of callables
        Each returns a picture, a (5, H, W) uint8 array.
    share : float
        Of the samples, in [0, 1].
    settings : TrainingSettings
    bank_of : callable
        ``bank_of(read, count)`` makes a `Bank`.

    Returns
    -------
    Source
    """
    real = settings.real
    bank = bank_of(partial(read_one, reads), len(reads))
    if name == "ccp_regions":
        vary = replace(settings.augment, scale=settings.photograph_scale, occluder=0.0)
        return Source(bank, share, vary, alone=0.5, garments=PHOTOGRAPHED, known=KNOWN)
    vary = replace(
        settings.augment, rotation=real.rotation, shift=real.shift, occluder=real.occluder
    )
    return Source(
        bank,
        share,
        vary,
        alone=real.portraits_alone if name in real.portraits else real.alone,
        head=(real.head, real.larger, real.spread),
        garments=PHOTOGRAPHED,
        known=KNOWN,
    )
