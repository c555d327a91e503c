"""Pictures as arrays: framing on the network's canvas, components, colour mixtures, cuts and
filters."""
