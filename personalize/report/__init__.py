"""The report of a run: one page for people, made from the files of the run folder."""
