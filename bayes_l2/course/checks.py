"""Checks of arguments that several demonstrations share.

Each returns a valid value or raises one ValueError.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.kinds import is_real
from bayes_l2.texts import shown

MANY = 10**7  # steps or simulations: more would not end


def rows(X: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    """Return features of shape (n, p) and a response of shape (n,)."""
    columns = validation.matrix(X)
    return columns, validation.vector(y, "y", length=len(columns))


def samples_of_noise(noise: Any, length: int) -> FloatArray:
    """Return draws of the noise of so many rows, shape (m, length) with m >= 2."""
    found = validation.matrix(noise, "noise")
    if found.shape[1] != length or len(found) < 2:
        raise ValueError(
            f"noise must have at least 2 rows of {length} entries, "
            f"got shape {found.shape}"
        )
    return found


def repetitions(value: object, name: str, *, at_least: int = 1) -> int:
    """Return a number of steps or of simulations."""
    return validation.natural_number(value, name, at_least=at_least, at_most=MANY)


def finite_number(value: object, name: str) -> float:
    """Return one finite number, which may be negative."""
    try:
        number = float(value) if is_real(value) else np.nan
    except OverflowError:  # a whole number or a fraction beyond all floats
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(f"{name} must be one finite number, got {shown(value)}")
    return number


def positive_numbers(
    values: Any, name: str, *, length: int | None = None
) -> list[float]:
    """Return a list of positive numbers, at least one."""
    found = validation.vector(values, name, length=length)
    if not len(found):
        raise ValueError(f"{name} must hold at least one number, got none")
    return [validation.positive_number(each, name) for each in found]


def loss(value: object) -> Any:
    """Return a loss of residuals, which has a value and a gradient."""
    return _having(
        value, ("loss", "gradient"), "loss", "a loss, such as likelihoods.Laplace(1.0)"
    )


def noise(value: object) -> Any:
    """Return a distribution of noise, with its variance and its quantiles."""
    return _having(
        value, ("var", "ppf", "isf"), "noise", "a distribution, such as stats.norm()"
    )


def _having(value: object, methods: tuple[str, ...], name: str, wanted: str) -> Any:
    """Return an object with such methods; a class is none."""
    has_all = all(callable(getattr(value, method, None)) for method in methods)
    if isinstance(value, type) or not has_all:
        raise ValueError(f"{name} must be {wanted}; got {shown(value)}")
    return value


def named(values: object, name: str) -> Mapping[str, Any]:
    """Return a mapping with at least one entry."""
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"{name} must be a dict with an entry, got {shown(values)}")
    return values
