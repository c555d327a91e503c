"""`personalize experiment`: the experiments of the paper, by their numbers."""
