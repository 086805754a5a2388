"""Ridge regression, MAP, the exact posterior and MCMC on one linear model, checked against each other.

A loss is a negative log-likelihood and a penalty a negative log-prior: L2 regularisation is MAP estimation under a
Gaussian prior, and with a Gaussian likelihood the posterior is Gaussian too.
"""

import lazy_loader

__version__ = "0.1.0"

# The public names stand in __init__.pyi, each with its home; a name is imported when it is first asked for.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
