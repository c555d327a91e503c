"""Exports of a drawn run, before they are written."""

import pytest

from personalize.exports.settings import ExportSettings
from personalize.exports.task import Task
from personalize.output.finished import read_run
from personalize.procedures.export import open_video
from personalize.procedures.progress import silent


@pytest.fixture
def drawn_task(drawn_run):
    """Return a function that makes the Task of a drawn run."""

    def make(*, first=0, frames=False, video=None, **settings):
        done = read_run(drawn_run(first, **({"video": video} if video else {})))
        source = open_video(done, video, silent) if frames else None
        return Task(done, ExportSettings(**settings), source)

    return make
