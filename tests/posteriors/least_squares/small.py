"""A least-squares problem of four rows and two columns, and its prior."""

from typing import Any

import numpy as np

from bayes_l2 import SufficientStatistics
from bayes_l2.posteriors.least_squares.line import Line
from bayes_l2.posteriors.least_squares.problem import LeastSquares

EPS = 2.0**-52
COLUMNS = np.array([[2.0, 6.0, -4.0], [0.0, 5.0, 1.0], [0.0, 0.0, 0.5]])
X = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, 4.0], [0.0, 3.0]])
Y = np.array([2.0, -1.0, 4.0, 7.0])
NOISE_SD = 0.5
LARGE = 2e-5 / (16 * EPS)  # 16 roundings of it are 2e-5


def line(**changes: Any) -> Line:
    values: dict[str, Any] = {
        "has_intercept": True,
        "center": np.array([10.0, -20.0]),
        "precision": 4.0,
        "mean": np.array([3.0, 1.0, -2.0]),
        "rest": np.zeros(3),
        "root": COLUMNS[1:, 1:],
    }
    return Line(**values | changes)


def problem(**changes: Any) -> LeastSquares:
    statistics = SufficientStatistics.from_rows(X, Y)
    return LeastSquares(line(**changes), statistics, None, NOISE_SD)
