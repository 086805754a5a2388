"""The problem, stated once: rows, a likelihood, a prior, and their log posterior."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["likelihoods", "priors"]
)
