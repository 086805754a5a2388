"""A prior p(b) on the coefficients: its negative logarithm is a penalty.

``KNOWN`` lists the priors on coefficients that the routes know. The others are
priors on a standard deviation.
"""

from bayes_l2.model.priors.base import GaussianPrior, Prior
from bayes_l2.model.priors.elastic_net import ElasticNet
from bayes_l2.model.priors.flat import Flat
from bayes_l2.model.priors.laplace import Laplace
from bayes_l2.model.priors.normal import Normal
from bayes_l2.model.priors.scale_priors import (
    Exponential,
    FlatLogScale,
    FlatScale,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    InverseGamma,
)
from bayes_l2.model.scales import ScalePrior

KNOWN: tuple[type[Prior], ...] = (Normal, Laplace, ElasticNet, Flat)

__all__ = [
    "KNOWN",
    "ElasticNet",
    "Exponential",
    "Flat",
    "FlatLogScale",
    "FlatScale",
    "GaussianPrior",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "InverseGamma",
    "Laplace",
    "Normal",
    "Prior",
    "ScalePrior",
]
__dir__ = __all__.copy
