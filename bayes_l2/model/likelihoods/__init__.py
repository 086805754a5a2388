"""A likelihood p(y | η) of each row: its negative logarithm is a loss.

``KNOWN`` lists the likelihoods that the routes know.
"""

from bayes_l2.model.likelihoods.base import Likelihood, Loss
from bayes_l2.model.likelihoods.bernoulli import Bernoulli
from bayes_l2.model.likelihoods.categorical import Categorical
from bayes_l2.model.likelihoods.laplace import Laplace
from bayes_l2.model.likelihoods.normal import Normal
from bayes_l2.model.likelihoods.poisson import Poisson

KNOWN: tuple[type[Likelihood], ...] = (
    Normal,
    Laplace,
    Bernoulli,
    Poisson,
    Categorical,
)

__all__ = [
    "KNOWN",
    "Bernoulli",
    "Categorical",
    "Laplace",
    "Likelihood",
    "Loss",
    "Normal",
    "Poisson",
]
__dir__ = __all__.copy
