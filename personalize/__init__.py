"""Learn the person of a video: factored human parsing that adapts to whom it sees."""

__version__ = "0.1.0"
