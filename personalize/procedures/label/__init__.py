"""Make training data from a user's own pictures: list them, find silhouettes, draw parts, write."""
