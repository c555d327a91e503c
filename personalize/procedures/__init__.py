"""Whole procedures: stages in their order, over a video, a folder or a data set."""
