"""Run folders: files written whole, locked, recognised by digests, and the layout of all names."""
