"""Measure on labelled videos and photographs what personalizing brings, and how good the base is.

One file a data set. Each labelled video is personalized without its labels, in a run
folder of its own, so that an evaluation that was stopped goes on where it was. The base
alone is measured without a run folder, in minutes.
"""
