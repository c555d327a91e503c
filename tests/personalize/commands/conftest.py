import pytest


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def work(self, watch, stage, count, seconds):
        """Do a stage that takes some seconds an item."""
        for _ in watch(stage)(range(count)):
            self.now += seconds


@pytest.fixture
def clock():
    return Clock()
