"""Pictures as arrays: where a frame lies on the network's canvas, pieces, colour mixtures, cuts and
filters."""
