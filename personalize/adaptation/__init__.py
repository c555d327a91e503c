"""Learning one person: the factored module, then the parts, half of the way."""
