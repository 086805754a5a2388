"""Proofs of the conventions: fits at converted settings, and the exact coefficients."""
