import numpy as np
import pytest

from personalize.output.finished import read_run
from personalize.procedures.warn import ALARMS, observe, warn
from personalize.storage.manifest import read_manifest

ABSENT, COUNT = [5, 6], 12
"""Frames of the drawn run in which nobody is, and all of them."""


class Finished:
    """A Workspace of a run that is finished, as far as `warn` knows it."""

    def __init__(self, root, reused=()):
        self.root, self.manifest, self.reused = root, read_manifest(root), list(reused)

    def note(self, name, value):
        self.manifest[name] = value


def test_what_a_run_left_is_observed(drawn_run):
    seen = observe(read_run(drawn_run(first=4)))
    assert list(seen.numbers) == list(range(4, 4 + len(seen.seen)))
    there = np.array(seen.seen) != "no"
    assert (seen.pieces[~there] == 0).all()
    assert (seen.pieces[there] > 1).all()  # hands and feet of the figure lie apart
    np.testing.assert_allclose(seen.head[there], 0.9)


def test_alarms_are_told_in_the_manifest(drawn_run):
    work = Finished(drawn_run())
    warn(work, "parse")
    told = {alarm["code"]: alarm["frames"] for alarm in work.manifest[ALARMS]}
    assert told["absent"] == ABSENT
    assert len(told["pieces"]) == COUNT - len(ABSENT)


@pytest.mark.parametrize(("reused", "stays"), [(["parse"], True), ([], False)])
def test_alarms_of_frames_that_were_parsed_before_stay(drawn_run, reused, stays):
    work = Finished(drawn_run(), reused)
    work.note(ALARMS, ["as it was"])
    warn(work, "parse")
    assert (work.manifest[ALARMS] == ["as it was"]) is stays
