"""Proofs of the conventions: each library fitted at a converted value, against the exact coefficients."""
