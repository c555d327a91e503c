"""The experiments of the paper, each a function from networks and labelled images to numbers."""
