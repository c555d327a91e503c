"""The stages of a run, one file and one verb each: arrays or records in, new ones out."""
