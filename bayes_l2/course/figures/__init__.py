"""Figures of the notebooks."""
