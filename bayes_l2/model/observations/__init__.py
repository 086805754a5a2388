"""The log likelihood of all rows: of statistics, and of rows in memory."""

from bayes_l2.model.observations.base import AbsoluteTerms, Observations
from bayes_l2.model.observations.gaussian import GaussianObservations
from bayes_l2.model.observations.of_rows import RowObservations

__all__ = ["AbsoluteTerms", "GaussianObservations", "Observations", "RowObservations"]
__dir__ = __all__.copy
