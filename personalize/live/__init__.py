"""A camera's frames, parsed as they come, on a page of this machine's browser."""
