"""Files that outlive a program: written whole, locked, known by digests, and where each lies in a
run folder."""
