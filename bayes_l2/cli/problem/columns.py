"""What is to be said of the columns of a table."""

from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from bayes_l2.model.linear_model import LinearModel

MOST_APART = 10.0  # of sds of columns under one prior sd


def cautions(model: "LinearModel", spread: FloatArray) -> list[str]:
    """Return what a reader should know of a model whose columns have these sds."""
    found = [_few_rows(model, model.n_rows), _scales_apart(model, spread)]
    return [line for line in found if line]


def _few_rows(model: "LinearModel", n_rows: int) -> str:
    """Say that there are fewer rows than parameters, or nothing."""
    n_parameters = len(model.layout.names)
    if n_rows >= n_parameters:
        return ""
    return (
        f"{n_rows} rows are fewer than {n_parameters} parameters: the prior alone "
        "decides what the rows cannot determine"
    )


def _scales_apart(model: "LinearModel", spread: FloatArray) -> str:
    """Say that one prior is on columns of very different sds, or nothing."""
    names = model.feature_names
    varying = np.flatnonzero(spread > 0)
    if model.prior.is_flat or not len(varying):
        return ""
    low = varying[spread[varying].argmin()]
    high = varying[spread[varying].argmax()]
    if spread[high] <= MOST_APART * spread[low]:
        return ""
    spread_of = "sd" if model.prior.is_ridge else "scale"
    return (
        f"one prior {spread_of} is on columns with sds from {_short(spread[low])} "
        f"({shown(names[low])}) to {_short(spread[high])} "
        f"({shown(names[high])}); --standardise puts them on one scale"
    )


def _short(value: FloatArray) -> str:
    """Return three digits of a number, as 25000 where that is short enough."""
    return f"{float(f'{float(value):.3g}'):g}"
