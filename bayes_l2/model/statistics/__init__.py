"""Sufficient statistics of Gaussian rows: made in one pass, merged, kept in a file."""
