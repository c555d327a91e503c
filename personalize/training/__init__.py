"""Train the whole network, or its factored module alone."""
