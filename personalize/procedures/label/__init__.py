"""Make training data of a user's own pictures: list them, find silhouettes, draw parts, write."""
