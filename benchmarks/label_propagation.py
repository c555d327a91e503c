"""Carry the true mask of the middle frame through DAVIS 2016, and score it.

    python -m benchmarks.label_propagation DAVIS_ROOT [--sequence NAME ...] [--area 65536]

The mask is given as log-odds of +-4.6 in the middle frame and nowhere else; J
is the mean intersection over union of the other frames at a threshold of 0.5,
at the size of the published masks.  OpenCV's DIS optical flow carries the same
labels, frame by frame, for comparison.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from propagation.propagate import propagate
from propagation.settings import PropagationSettings

SURE = 4.6

Array = NDArray[Any]


def read_sequence(root: Path, name: str, area: int) -> tuple[Array, Array]:
    """Read the frames and the masks of a sequence.

    Parameters
    ----------
    root : Path
        Folder of JPEGImages and Annotations.
    name : str
        Of the sequence.
    area : int
        Pixels of a frame, about; frames are shrunk to it.

    Returns
    -------
    frames : (T, h, w, 3) uint8 array
        RGB.
    masks : (T, H, W) bool array
        In full size.
    """
    frames, masks = [], []
    for path in sorted((root / "JPEGImages" / name).glob("*.jpg")):
        frame = cv2.cvtColor(read_picture(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        scale = np.sqrt(area / (frame.shape[0] * frame.shape[1]))
        size = round(frame.shape[1] * scale), round(frame.shape[0] * scale)
        frames.append(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
        mask = root / "Annotations" / name / f"{path.stem}.png"
        masks.append(read_picture(mask, cv2.IMREAD_GRAYSCALE) > 127)
    return np.stack(frames), np.stack(masks)


def read_picture(path: Path, flags: int) -> Array:
    """Read a picture as OpenCV does, (H, W, 3) BGR or (H, W) grey."""
    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise SystemExit(f"{path}: is no picture that can be read")
    return picture


def seed_middle(frames: Array, masks: Array) -> Array:
    """Log-odds (T, H, W) float32: the middle mask, and nothing else known."""
    seeds = np.zeros(frames.shape[:3], np.float32)
    middle = len(frames) // 2
    share = cv2.resize(
        masks[middle].astype(np.float32), frames.shape[2:0:-1], interpolation=cv2.INTER_AREA
    )
    seeds[middle] = np.where(share > 0.5, SURE, -SURE)
    return seeds


def carry_by_flow(frames: Array, seeds: Array) -> Array:
    """Beliefs (T, H, W) that dense flow brings from the middle frame, step by step."""
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # type: ignore[attr-defined]
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    rows, columns = np.mgrid[: frames.shape[1], : frames.shape[2]].astype(np.float32)
    middle = len(frames) // 2
    beliefs = np.empty(seeds.shape, np.float32)
    beliefs[middle] = seeds[middle] > 0
    steps = [(t, t - 1) for t in range(middle + 1, len(frames))]
    steps += [(t, t + 1) for t in reversed(range(middle))]
    for here, source in steps:
        motion = flow.calc(grey[here], grey[source], None)
        beliefs[here] = cv2.remap(
            beliefs[source],
            columns + motion[..., 0],
            rows + motion[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return beliefs


def score(beliefs: Array, masks: Array) -> float:
    """Mean J of all frames but the middle one."""
    scores = []
    for t, mask in enumerate(masks):
        if t != len(masks) // 2:
            found = cv2.resize(beliefs[t], mask.shape[::-1]) > 0.5
            scores.append((found & mask).sum() / max((found | mask).sum(), 1))
    return float(np.mean(scores))


def timed(
    carry: Callable[..., Array], *arguments: Any, **options: Any
) -> tuple[Array, float, float]:
    """Call a function and time it.

    Parameters
    ----------
    carry : callable
    *arguments, **options
        Passed on to it.

    Returns
    -------
    result : array
        What it returned.
    wall, processor : float
        Seconds.
    """
    wall, processor = time.perf_counter(), time.process_time()
    result = carry(*arguments, **options)
    return result, time.perf_counter() - wall, time.process_time() - processor


class Stopwatch:
    """A `progress` that remembers the processor seconds of each loop."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, steps: Iterable[Any]) -> Iterator[Any]:
        start = time.process_time()
        yield from steps
        self.seconds.append(time.process_time() - start)


def main() -> None:
    """Print a table: a sequence a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="folder of JPEGImages and Annotations")
    parser.add_argument("--sequence", nargs="*", help="names; all there are by default")
    parser.add_argument("--area", type=int, default=65536, help="pixels of a frame")
    parser.add_argument("--offsets", type=int, default=PropagationSettings().offsets)
    parser.add_argument("--device", help="of torch; without it NumPy computes")
    options = parser.parse_args()
    names = options.sequence or sorted(
        path.name for path in (options.root / "JPEGImages").iterdir()
    )
    settings = PropagationSettings(offsets=options.offsets)

    print(
        f"{'sequence':16} frames {'J':>6} {'J flow':>6}   seconds of processor "
        "(wall): match, infer, flow"
    )
    rows = []
    for name in names:
        frames, masks = read_sequence(options.root, name, options.area)
        seeds = seed_middle(frames, masks)
        watch = Stopwatch()
        beliefs, wall, _ = timed(
            propagate, frames, seeds, settings=settings, device=options.device, progress=watch
        )
        by_flow, flow_wall, flow_seconds = timed(carry_by_flow, frames, seeds)
        rows.append((score(beliefs, masks), score(by_flow, masks)))
        print(
            f"{name:16} {len(frames):6} {rows[-1][0]:6.3f} {rows[-1][1]:6.3f}   "
            f"{watch.seconds[0]:.1f}, {watch.seconds[1]:.1f} ({wall:.1f}), "
            f"{flow_seconds:.1f} ({flow_wall:.1f})",
            flush=True,
        )
    means = np.mean(rows, axis=0)
    print(f"{'mean':16} {'':6} {means[0]:6.3f} {means[1]:6.3f}")


if __name__ == "__main__":
    main()
