"""Three rows of two columns, and a model of them with any argument changed."""

from typing import Any

import numpy as np

from bayes_l2 import LinearModel, likelihoods, priors

X, Y = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]]), np.array([1.0, 2.0, 3.0])


def build(**changes: Any) -> LinearModel:
    arguments: dict[str, Any] = {
        "X": X,
        "y": Y,
        "likelihood": likelihoods.Normal(1.0),
        "prior": priors.Normal(1.0),
        **changes,
    }
    return LinearModel(arguments.pop("X"), arguments.pop("y"), **arguments)
