"""What other programs read of a finished run: a module a format, each opened in its own tool."""
