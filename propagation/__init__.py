"""Carry labels through a video along a tree of matches.

``from propagation.propagate import propagate``; its numbers are in
`propagation.settings`, which imports nothing heavy.
"""
