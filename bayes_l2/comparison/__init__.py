"""Comparisons: the routes' results on one model, held against each other."""
