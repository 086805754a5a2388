"""Rows of .npy files."""
