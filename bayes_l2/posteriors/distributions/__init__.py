"""Distributions of one quantity, or of several named ones."""
