r"""Squared error is a negative log-likelihood, an L2 penalty a negative log-prior.

.. math:: \hat b = \arg\min_b \lVert y - a - X b \rVert^2 + \alpha \lVert b \rVert^2
          = \arg\max_b p(b \mid y), \qquad \alpha = \sigma^2 / \tau^2

L2 regularisation is MAP estimation under a Gaussian prior. Under a Gaussian likelihood
the posterior is Gaussian too. The package states one linear model, fits it by ridge
regression, MAP, the exact posterior and MCMC, and checks the fits against each other.
"""

import lazy_loader

__version__ = "0.1.0"

# __init__.pyi lists the public names; each is imported when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
