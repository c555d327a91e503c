"""The report of a run: one page for people, made from what the run folder holds."""
