"""Carry labels through a video along a tree of matches."""

from propagation.propagate import propagate
from propagation.settings import PropagationSettings

__all__ = ["PropagationSettings", "propagate"]
