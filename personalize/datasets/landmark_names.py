"""Find the landmarks of pictures in what a file of landmarks holds, by their names."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from personalize.datasets.landmarks import Track
from personalize.datasets.pose_points import BodyPoints
from personalize.errors import DatasetError
from personalize.media.images import SUFFIXES


def find_points(
    path: Path, tracks: Mapping[str, Track], groups: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], tuple[BodyPoints, tuple[int, int] | None]]:
    """Find the points of pictures.

    Parameters
    ----------
    path : path
        The file of landmarks, for messages.
    tracks : dict of str to Track
        Of `landmarks.read_landmarks`.
    groups : dict of str to list of str
        Stems of the pictures of each folder, in natural order.

    Returns
    -------
    dict of (str, str) to (BodyPoints, tuple or None)
        By group and stem: points, and height and width of the picture, if the file has them.
        Pictures without landmarks in the file are left out.

    Raises
    ------
    DatasetError
        If rows do not fit the number of pictures, a name may mean two, or nothing is found.
    """
    pictures = [(group, stem) for group, stems in groups.items() for stem in stems]
    if list(tracks) == [""]:
        return _in_order(path, tracks[""], pictures, "the folder")
    by_name = _by_tail(tracks)
    found = {}
    for group, stems in groups.items():
        if group in tracks and not any(_choices(by_name, group, stem) for stem in stems):
            found.update(_in_order(path, tracks[group], [(group, stem) for stem in stems], group))
            continue
        for stem in stems:
            track = _only(path, by_name, groups, group, stem)
            if track is not None:
                found[group, stem] = track.points(0), track.size
    if not found:
        group, stem = pictures[0]
        raise DatasetError(
            f"{path}: has landmarks of none of {len(pictures)} pictures; it names "
            f"{next(iter(tracks))}, "
            f"the first picture is {stem} in {group}"
        )
    return found


def _in_order(path, track, pictures, whole):
    """Points of pictures by their order."""
    if len(track) != len(pictures):
        raise DatasetError(
            f"{path}: {len(track)} rows of landmarks for {len(pictures)} pictures of {whole}; give "
            f"a row for "
            "each, or name them"
        )
    return {picture: (track.points(row), track.size) for row, picture in enumerate(pictures)}


def _by_tail(tracks):
    """Tracks by the last and the last two parts of their names, without the ending of a picture."""
    by_name = {}
    for name, track in tracks.items():
        whole = Path(name)
        parts = (whole.with_suffix("") if whole.suffix.lower() in SUFFIXES else whole).parts
        for tail in {parts[-1], "/".join(parts[-2:])}:
            by_name.setdefault(tail, []).append(track)
    return by_name


def _choices(by_name, group, stem):
    return by_name.get(f"{group}/{stem}") or by_name.get(stem) or []


def _only(path, by_name, groups, group, stem):
    """The track of a picture, of one row, or None."""
    choices = _choices(by_name, group, stem)
    if not choices:
        return None
    elsewhere = [other for other, stems in groups.items() if other != group and stem in stems]
    if len(choices) > 1 or (elsewhere and f"{group}/{stem}" not in by_name):
        raise DatasetError(
            f"{path}: {stem} may mean several pictures; name its landmarks {group}/{stem}"
        )
    if len(choices[0]) != 1:
        raise DatasetError(
            f"{path}: {choices[0].name} has {len(choices[0])} rows of landmarks, and is the name "
            f"of one picture; "
            "give one row"
        )
    return choices[0]
