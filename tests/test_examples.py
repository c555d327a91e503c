"""The examples in docstrings say what happens."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "personalize.imaging.components",
        "personalize.imaging.framing",
        "personalize.imaging.outlines",
        "personalize.media.shots",
        "personalize.stages.joints",
        "personalize.stages.refine",
        "personalize.workers",
        "propagation.propagate",
    ],
)
def test_the_examples_of_a_module_are_true(module):
    results = doctest.testmod(import_module(module))
    assert results.attempted > 0
    assert results.failed == 0
