"""A tiny run whose results are kept, so that no change of results passes unnoticed.

    PYTHONPATH=. python tests/golden/make.py

makes `golden.npz` anew. Do so, and raise `storage.manifest.RESULTS`, when a change is meant to
give other results; the test tells when one does so without.
"""

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from benchmarks.demo import small_frames
from personalize import FinishedRun, RunSettings, load_generic, run
from personalize.media.images import write_image
from personalize.storage.layout import OUTPUTS
from personalize.storage.manifest import RESULTS, digest, plain

KEPT = Path(__file__).with_name("golden.npz")
FRAMES = 24


def tiny_settings() -> RunSettings:
    """Settings of a run of seconds, in which every stage has something to do."""
    settings = RunSettings(window=FRAMES, size=160)
    return replace(
        settings,
        factor=replace(settings.factor, epochs=2),
        self_training=replace(settings.self_training, epochs=1),
    )


def run_tiny(root: Path) -> FinishedRun:
    """Learn and parse the first frames of the demo clip, half as large, in one thread."""
    clip = root / "clip"  # of pictures, since what an encoder writes depends on the cores it has
    for number, frame in enumerate(small_frames(FRAMES)):
        write_image(clip / f"{number:06d}.png", frame)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return run(clip, root / "out", settings=tiny_settings(), base=load_generic(device="cpu"))
    finally:
        torch.set_num_threads(threads)


def described(done: FinishedRun) -> dict[str, np.ndarray]:
    """What is kept of a run: joints, silhouettes, and what defines a run's results."""
    silhouettes = np.stack(list(done.silhouettes()))
    return {
        "results": np.array(RESULTS),
        "settings": np.array(digest(plain(asdict(RunSettings())))),
        "layout": np.array(digest({name: list(outputs) for name, outputs in OUTPUTS.items()})),
        "xy": done.xy,
        "silhouettes": np.packbits(silhouettes),
        "shape": np.array(silhouettes.shape),
    }


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        np.savez_compressed(KEPT, **described(run_tiny(Path(folder))))
    print(KEPT)
