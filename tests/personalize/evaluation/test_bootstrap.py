import math

import numpy as np
import pytest

from personalize.evaluation.bootstrap import reduction_interval
from personalize.evaluation.joint_errors import measure_joints


def errors(head, frames=2):
    """All joints right, but the head, which is `head` pixels off."""
    truth = np.zeros((frames, 7, 2))
    estimate = truth.copy()
    estimate[:, 0, 1] += head
    return measure_joints(truth, estimate)


def test_reduction_is_a_share_of_the_generic_error():
    generic = [errors(pixels) for pixels in (10.0, 20.0, 30.0)]
    personalized = [errors(pixels) for pixels in (5.0, 10.0, 15.0)]
    interval = reduction_interval(generic, personalized, "Head", generator=np.random.default_rng(0))
    assert interval == pytest.approx((0.5, 0.5, 0.5))  # the same in every video


def test_the_interval_of_the_reduction_spans_the_videos():
    generic = [errors(10.0)] * 2
    personalized = [errors(10.0), errors(6.0)]
    interval = reduction_interval(generic, personalized, "Head", generator=np.random.default_rng(0))
    # two of two videos drawn: 0, 0.2 or 0.4, with a quarter of the draws at each end
    assert interval == pytest.approx((0.2, 0.0, 0.4))
    half = reduction_interval(
        generic, personalized, "Head", generator=np.random.default_rng(0), level=0.4
    )
    assert half == pytest.approx((0.2, 0.2, 0.2))


def test_the_same_generator_gives_the_same_interval():
    generic = [errors(pixels) for pixels in (10.0, 20.0, 30.0)]
    personalized = [errors(pixels) for pixels in (9.0, 8.0, 7.0)]
    first, second = (
        reduction_interval(generic, personalized, "Head", generator=np.random.default_rng(7))
        for _ in range(2)
    )
    assert first == second
    assert first.low < first.estimate < first.high


def test_a_reduction_of_nothing_is_unknown():
    lost = [errors(np.nan)]
    interval = reduction_interval(lost, lost, "Head", generator=np.random.default_rng(0))
    assert all(math.isnan(end) for end in interval)
