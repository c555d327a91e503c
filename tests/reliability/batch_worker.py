"""A batch of tiny runs on a folder, as a process of its own: FOLDER OUT LOG."""

import sys
from pathlib import Path

from tinyrun import TinySource, tiny_run

from personalize.procedures.batch import list_videos, run_batch

folder, out, log = map(Path, sys.argv[1:])


def run_one(video, root):
    """Run a video, and note who made it."""
    TinySource.name = video.name
    work = tiny_run(root)
    if work.reused != list(work.manifest["stages"]):
        with open(log, "a") as file:
            file.write(video.name + "\n")
    return work


for outcome in run_batch(list_videos(folder), out, run_one):
    print(outcome.state, flush=True)
