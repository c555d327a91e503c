"""Folders of rendered people: written in parallel, resumed, and shown on a contact sheet.

A picture depends on the seed and its index only. Pictures that an interrupted run has
finished are kept. A picture counts as finished once its joints are in the file of its
shard, which is written after the pictures.
"""

import json
import multiprocessing
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cv2
import numpy as np

from personalize import parts
from personalize.errors import DatasetError, WorkspaceError
from personalize.synthesis.backgrounds import list_backgrounds
from personalize.synthesis.body import load_body
from personalize.synthesis.layout import (
    SHARD,
    finished_people,
    joints_path,
    picture_path,
    read_joints,
    write_joints,
    write_picture,
    write_whole,
)
from personalize.synthesis.people import Studio
from personalize.synthesis.settings import AssetFolders, SynthesisSettings
from personalize.synthesis.threads import single_threaded_children, use_one_thread
from personalize.types import Floats, Frame, Mask, Wrap

_FLUSH = 100  # pictures between two updates of the files of joints


def synthesize_people(
    root: Path,
    *,
    count: int,
    settings: SynthesisSettings = SynthesisSettings(),
    assets: AssetFolders = AssetFolders(),
    workers: int = 1,
    progress: Wrap = iter,
) -> None:
    """Render people with their parts and joints into a folder.

    Parameters
    ----------
    root : Path
        Made if missing; pictures of the same settings that it holds are kept.
    count : int
        Total number of pictures.
    settings : SynthesisSettings
    assets : AssetFolders
    workers : int
        Processes.
    progress : callable
        Wraps the sequence of people.

    Raises
    ------
    WorkspaceError
        If the folder holds people rendered with other settings, or cannot be written.
    PersonalizeError
        If a package of the extra `synthetic` is missing.
    """
    load_body()  # fails before any work is done, and fills anny's cache once for all processes
    _claim(root, count, settings, assets)
    _write_backgrounds(root, assets)
    views = settings.views_per_body
    done = finished_people(root)
    people = [
        p
        for p in range(-(-count // views))
        if not done.issuperset(range(p * views, min(count, (p + 1) * views)))
    ]
    shards: dict[int, dict[int, tuple[Floats, Mask]]] = {}
    for results in _render_all(people, root, count, settings, assets, workers, progress):
        for index, joints, visible in results:
            shards.setdefault(index // SHARD, {})[index] = (joints, visible)
        if sum(len(shard) for shard in shards.values()) >= _FLUSH:
            write_joints(root, shards)
    write_joints(root, shards)


def contact_sheet(
    root: Path, *, first: int = 0, count: int = 24, columns: int = 4, seed: int = 0
) -> Frame:
    """Draw pictures over backgrounds, with their parts and joints beside them.

    Parameters
    ----------
    root : Path
        A folder of `synthesize_people`.
    first, count, columns : int
        Which pictures, and how many in a row.
    seed : int
        Seed of the choice of backgrounds.

    Returns
    -------
    (rows * S, columns * 2 * S, 3) uint8 array
        RGB.

    Raises
    ------
    DatasetError
        If there are no people in the folder.
    """
    random = np.random.default_rng(seed)
    indices = [i for i in sorted(finished_people(root)) if i >= first][:count]
    if not indices:
        raise DatasetError(f"{root}: no rendered people from number {first} on")
    backgrounds = sorted((root / "backgrounds").glob("*.jpg"))
    cells = [
        _cell(root, index, backgrounds[random.integers(len(backgrounds))]) for index in indices
    ]
    blank = np.zeros_like(cells[0])
    cells += [blank] * (-len(cells) % columns)
    rows = [np.concatenate(cells[k : k + columns], axis=1) for k in range(0, len(cells), columns)]
    return np.concatenate(rows)


def _claim(root, count, settings, assets):
    """Write the manifest, or check that the existing one has the same settings."""
    path = root / "manifest.json"
    folders = {name: folder and str(folder) for name, folder in asdict(assets).items()}
    recipe = {"settings": asdict(settings), "assets": folders}
    if path.exists():
        found = _read_claim(path)
        # older sets lack newer settings, whose defaults render the same pictures
        found["settings"] = {**asdict(SynthesisSettings()), **found.get("settings", {})}
        if any(found.get(key) != recipe[key] for key in recipe):
            raise WorkspaceError(
                f"{root}: holds people rendered with other settings or assets; "
                "choose another folder, or give the same settings"
            )
    versions = {name: _version(name) for name in ("personalize", "anny", "embreex", "numpy")}
    manifest = {
        **recipe,
        "count": count,
        "size": settings.size,
        "seed": settings.seed,
        "versions": versions,
    }
    write_whole(path, json.dumps(manifest, indent=1).encode())


def _read_claim(path):
    """Read the manifest of a set."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("settings", {}), dict):
        raise WorkspaceError(f"{path}: is damaged; choose another folder, or remove it")
    return found


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _write_backgrounds(root, assets):
    for number, make in enumerate(list_backgrounds(assets)):
        path = root / "backgrounds" / f"{number:05d}.jpg"
        if not path.exists():
            write_picture(path, make()[..., ::-1])


def _render_all(people, root, count, settings, assets, workers, progress):
    """Yield (index, joints, visible) of the pictures of each person, already on disk."""
    tasks = [(person, root, count, settings, assets) for person in people]
    if workers == 1:
        yield from map(_render_person, progress(tasks))
        return
    spawn = multiprocessing.get_context("spawn")
    with single_threaded_children(), spawn.Pool(workers, initializer=use_one_thread) as pool:
        results = pool.imap(_render_person, tasks)
        for _ in progress(tasks):
            yield next(results)


def _render_person(task):
    person, root, count, settings, assets = task
    studio = _studio(settings, assets)
    views = settings.views_per_body
    sitter = studio.sitter(person)
    results = []
    for index in range(person * views, min(count, (person + 1) * views)):
        picture = studio.photograph(sitter, person, index % views)
        colour = cv2.cvtColor(picture.colour, cv2.COLOR_RGBA2BGRA)
        write_picture(picture_path(root, "parts", index), picture.parts)
        write_picture(picture_path(root, "people", index), colour)
        results.append((index, picture.joints, picture.visible))
    return results


@lru_cache(maxsize=1)
def _studio(settings, assets):
    return Studio(settings, assets)


def _cell(root, index, background):
    """One picture over its background, and its parts, side by side."""
    person = cv2.imread(str(picture_path(root, "people", index)), cv2.IMREAD_UNCHANGED)
    labels = cv2.imread(str(picture_path(root, "parts", index)), cv2.IMREAD_UNCHANGED)
    size = person.shape[1], person.shape[0]
    behind = cv2.resize(cv2.imread(str(background)), size)
    cover = person[..., 3:] / 255.0
    composed = (person[..., :3] * cover + behind * (1 - cover)).astype(np.uint8)[..., ::-1]
    indices, xy, visible = read_joints(joints_path(root, index // SHARD))
    row = indices.tolist().index(index)
    joints = xy[row][visible[row]]
    coloured = np.array(parts.COLOURS, np.uint8)[labels]
    for x, y in joints:
        cv2.circle(coloured, (round(float(x)), round(float(y))), 3, (255, 255, 255), 1)
    return np.concatenate([composed, coloured], axis=1)
