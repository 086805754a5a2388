"""Gaussian processes: ridge regression in the clothes of kernels and networks."""
