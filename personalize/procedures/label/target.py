"""The folder that labelled pictures are written to: what may lie in it, and what does not stay
there."""

from collections.abc import Collection, Sequence
from pathlib import Path

from personalize.datasets.real_people import INDEX, PHOTOGRAPH_LABELS, has_pairs, read_index
from personalize.errors import InputError
from personalize.procedures.label.listing import Unlabelled
from personalize.types import PathLike


def check_apart(
    pictures: Sequence[Unlabelled], out: PathLike, masks: PathLike | None = None
) -> None:
    """Raise InputError if labels would be written over the pictures, or over their masks.

    Parameters
    ----------
    pictures : sequence of Unlabelled
    out : path-like
        Folder for the labels.
    masks : path-like, optional
        Folder of the masks.
    """
    sources = {picture.path.parent.resolve() for picture in pictures}
    if masks:
        sources |= {
            Path(masks).resolve(),
            *((Path(masks) / picture.group).resolve() for picture in pictures),
        }
    for target in {Path(out) / picture.group for picture in pictures} | {Path(out)}:
        if target.resolve() in sources:
            raise InputError(
                f"{out}: labels would be written among the pictures or masks in {target}; choose "
                f"another folder"
            )


def check_target(out: PathLike) -> None:
    """See that a folder is missing, empty, or holds labelled pictures already.

    Raises
    ------
    InputError
        If it holds something else.
    """
    out = Path(out)
    if not out.is_dir() or all(entry.name[0] == "." for entry in out.iterdir()):
        return
    if not ((out / INDEX).is_file() or (out / PHOTOGRAPH_LABELS).is_dir() or has_pairs(out)):
        raise InputError(
            f"{out}: holds something else than labelled pictures; choose a new folder, or an empty "
            f"one"
        )


def remove_left_out(out: PathLike, names: Collection[str]) -> None:
    """Remove the labelled pictures of some names that are in the index of a folder; others stay.

    Parameters
    ----------
    out : path-like
    names : set of str
        "group/stem" of pictures that are not to be there any more.
    """
    out = Path(out)
    for name in names & read_index(out / INDEX).keys():
        for suffix in (".webp", ".png"):
            (out / f"{name}{suffix}").unlink(missing_ok=True)
