"""Readers of the data sets, each in the layout in which it was published."""
