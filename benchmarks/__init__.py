"""What the documents quote, measured again: ``python -m benchmarks.NAME --help``."""
