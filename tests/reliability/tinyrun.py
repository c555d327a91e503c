"""A run of next to nothing, with every output and every writer of a real one, but no network."""

import csv
from pathlib import Path

import numpy as np

from personalize import parts
from personalize.media.encode import VideoWriter
from personalize.output.frame_store import FrameResult, Results
from personalize.output.legend import write_legend
from personalize.storage import layout
from personalize.storage.arrays import load_arrays, save_arrays
from personalize.storage.atomic import atomic_write
from personalize.storage.workspace import Workspace

FRAMES = 4


class TinySource:
    """A video of which nothing is read."""

    name = "clip.mp4"

    def describe(self):
        """Return what binds a run folder."""
        size = {"frames": FRAMES, "height": 16, "width": 16, "fps": 25.0}
        return {"name": self.name, "digest": "d1", **size}


def tiny_run(root: Path, seed: int = 0) -> Workspace:
    """Run, or go on with, all stages in a folder."""
    work = Workspace.open(root, source=TinySource(), facts={"seed": seed})
    for name in ("predict", "propagate", "refine"):
        work.arrays(name, {}, lambda: np.full(40, seed))
    work.stage(
        "learn",
        {},
        lambda folder: _learn(folder, seed),
        outputs=[layout.LEARNED, layout.PART_COLOURS],
        load=lambda folder: load_arrays(folder / layout.PART_COLOURS),
    )
    work.arrays("judge", {}, lambda: np.arange(9))
    kept = {"kept": "personal", "reason": "gain"}
    work.note("verdict", {"silhouettes": kept, "parts": kept, "held_out": 0, "evidence": {}})
    work.stage("keep", {}, lambda folder: _keep(folder, seed), outputs=[layout.PERSON])
    work.stage("parse", {}, lambda folder: _parse(folder, seed), outputs=layout.PARSED,
               resumable=True)  # fmt: skip
    work.stage("report", {}, _report, outputs=[layout.REPORT, layout.COMPARISON])
    return work


def _learn(folder, seed):
    _write(folder / layout.LEARNED, seed)
    save_arrays(folder / layout.PART_COLOURS, {"a": np.arange(40), "b": np.full(3, seed)})


def _keep(folder, seed):
    _write(folder / layout.PERSON, seed)


def _write(path, seed):
    with atomic_write(path) as unfinished:
        unfinished.write_bytes(bytes([seed]) * 5000)


def _parse(folder, seed):
    write_legend(folder / layout.LEGEND)
    kept = Results(folder, 2)
    results = list(kept)
    for number in range(len(results), FRAMES):
        mask = np.zeros((16, 16), bool)
        mask[number : number + 6] = True
        xy = np.full((len(parts.JOINTS), 2), float(number + seed))
        results.append(FrameResult(mask, mask * np.uint8(7), xy, xy[:, 0], 0.5))
        kept.draw(number, results[-1])
        kept.add(number, results[-1])
    with (
        open(folder / layout.JOINTS, "w", newline="") as joints,
        open(folder / layout.FRAMES, "w", newline="") as frames,
        VideoWriter(folder / layout.OVERLAY, fps=25) as video,
    ):
        for number, result in enumerate(results):
            csv.writer(joints).writerow((number, *result.xy.ravel()))
            csv.writer(frames).writerow((number, result.certainty))
            video.write(np.repeat(np.uint8(result.silhouette)[..., None] * 255, 3, axis=2))


def _report(folder):
    with atomic_write(folder / layout.REPORT, durable=True) as unfinished:
        unfinished.write_text("a page\n")
    comparison = folder / layout.COMPARISON
    comparison.mkdir(exist_ok=True)
    save_arrays(comparison / layout.NUMBERS, {"frames": np.arange(3)})
    (comparison / "000001_generic.jpg").write_bytes(bytes(99))


def contents(root: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a run folder, by name, but of what tells the time."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != layout.MANIFEST)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def snapshot(folder: Path) -> dict[str, object]:
    """Return all that lies in a folder: links, and the time of change and content of files."""
    return {
        str(path): path.readlink()
        if path.is_symlink()
        else (path.stat().st_mtime_ns, path.read_bytes())
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }
