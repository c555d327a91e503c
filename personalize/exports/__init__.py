"""Export a finished run to formats of other programs, one module for each format."""
