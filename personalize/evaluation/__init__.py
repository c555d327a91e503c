"""Measures of the experiments: numbers in, numbers out."""
