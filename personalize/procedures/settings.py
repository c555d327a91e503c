"""What a user sets of a cluster, and of a video that is parsed in pieces."""

LOCAL = "local"
"""Address of a cluster that is started for one command, on this machine."""

PIECE = 1000
"""Frames of a piece: minutes of work for one process, beside which a border is nothing."""
