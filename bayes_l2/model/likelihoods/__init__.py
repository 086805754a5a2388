"""A likelihood p(y | η) of each row: its negative logarithm is a loss.

``KNOWN`` lists the likelihoods that the routes know.
"""

from bayes_l2.model.likelihoods.base import Likelihood, Loss
from bayes_l2.model.likelihoods.bernoulli import Bernoulli
from bayes_l2.model.likelihoods.categorical import Categorical
from bayes_l2.model.likelihoods.laplace import Laplace
from bayes_l2.model.likelihoods.normal import Normal

KNOWN: tuple[type[Likelihood], ...] = (Normal, Laplace, Bernoulli, Categorical)

__all__ = [
    "KNOWN",
    "Bernoulli",
    "Categorical",
    "Laplace",
    "Likelihood",
    "Loss",
    "Normal",
]
