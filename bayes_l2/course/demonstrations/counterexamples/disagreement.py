"""A disagreement of two quantities, and what its cases on the diabetes data share."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray
from bayes_l2.course.demonstrations.equivalences.equivalence import Picture
from bayes_l2.texts import record_text

__all__ = [
    "NOISE_SD",
    "PENALTY",
    "PRIOR_SD",
    "Disagreement",
    "centred",
    "posterior_sds",
    "textbook_ridge",
]
__dir__ = __all__.copy

NOISE_SD, PRIOR_SD = 54.0, 20.0
PENALTY = (NOISE_SD / PRIOR_SD) ** 2


@dataclass(frozen=True)
class Disagreement:
    """A case in which two quantities differ that one might expect to be equal.

    Attributes
    ----------
    expectation : str
        The expectation that fails.
    measured, predicted : float
        The difference, by fits and by theory.
    unit : str
        Unit of both.
    reason : str
        The reason for the difference.
    picture : Picture
        The numbers of a small figure, measured beside predicted.
    """

    expectation: str
    measured: float
    predicted: float
    unit: str
    reason: str
    picture: Picture = field(compare=False)

    __repr__ = record_text


def centred() -> tuple[FloatArray, FloatArray]:
    """Return the columns and the centred response of the diabetes data."""
    X, y = datasets.diabetes()
    return X.to_numpy(), y.to_numpy(dtype=float) - float(y.mean())


def textbook_ridge(X: FloatArray, y: FloatArray, penalties: Any) -> FloatArray:
    """Return the textbook solution on centred data, for one penalty or one a column."""
    added = np.diag(np.broadcast_to(penalties, X.shape[1]))
    return np.linalg.solve(X.T @ X + added, X.T @ y)


def posterior_sds(X: FloatArray) -> FloatArray:
    """Return the textbook posterior sds on centred data."""
    precision = (X.T @ X + PENALTY * np.eye(X.shape[1])) / NOISE_SD**2
    return np.sqrt(np.diag(np.linalg.inv(precision)))
