"""The problem, stated once: likelihood, prior and data, and the log posterior that follows from them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["likelihoods", "priors"]
)
