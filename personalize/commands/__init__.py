"""The commands of `cli`: one file for every group, and what they share."""
