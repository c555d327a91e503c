"""Carry labels through a video along a tree of matches."""
