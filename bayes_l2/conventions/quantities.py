"""The quantities on which a conversion depends: n, weight_sum, batch_size and the sds.

This module says which of them belong to a pair of conventions, and checks their values.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.catalogue import find
from bayes_l2.conventions.convention import Convention
from bayes_l2.kinds import is_real, plain, shape_of

MOST_ROWS = 2**63 - 1  # of which a file system can count the bytes
MEANINGS = {
    "n": "the number of rows",
    "weight_sum": "the sum of the row weights",
    "batch_size": "the number of rows in a minibatch",
    "y_sd": "the standard deviation of y (divisor n)",
    "x_sd": "the standard deviation of the columns (divisor n), one number or one for "
    "each",
    "noise_sd": "the noise standard deviation",
}


def quantities_of(source: str, target: str) -> tuple[str, ...]:
    """Return the names of the quantities that ``convert`` takes for two conventions.

    Parameters
    ----------
    source, target : str
        Names of conventions.

    Returns
    -------
    tuple of str
        Some of n, weight_sum, batch_size, y_sd, x_sd and noise_sd.
    """
    return _belonging(find(source, "source"), find(target, "target"))


def checked(
    before: Convention, after: Convention, quantities: dict[str, Any]
) -> dict[str, Any]:
    """Return the quantities that are not None, checked, and "(n - 1)" where it is used.

    Raises
    ------
    ValueError
        If a value is not valid, or neither objective depends on the quantity.
    """
    belonging = _belonging(before, after)
    given = {}
    for name, value in quantities.items():
        if value is None:
            continue
        if name not in belonging:
            raise ValueError(_does_not_belong(name, before, after))
        given[name] = CHECKS[name](value, name)
    if "n" in given and ("(n - 1)" in before.strength or "(n - 1)" in after.strength):
        given["(n - 1)"] = validation.natural_number(given["n"], "n", at_least=2) - 1
    if given.get("batch_size", 0) > given.get("n", np.inf):
        raise ValueError(
            f"batch_size must be at most n = {given['n']}, got {given['batch_size']}"
        )
    return given


def checked_setting(value: Any, record: Convention, name: str) -> float | FloatArray:
    """Return a valid setting: positive, or 0 where the setting is a penalty."""
    may_be_zero = record.power > 0
    if shape_of(value):
        if not record.per_column:
            raise ValueError(
                f"{name} must be one number for all columns, got {np.size(value)}"
            )
        return _one_for_each_column(value, name, may_be_zero=may_be_zero)
    value = plain(value)
    if may_be_zero and is_real(value) and value == 0:
        return 0.0
    return validation.positive_number(value, name)


def _belonging(before: Convention, after: Convention) -> tuple[str, ...]:
    names = {*before.strength.powers, *after.strength.powers}
    if names & {"weight_sum", "(n - 1)", "batch_size"}:
        names.add("n")
    if "none" not in (before.weights, after.weights):
        names.add("weight_sum")
    return tuple(name for name in MEANINGS if name in names)


def _does_not_belong(name: str, before: Convention, after: Convention) -> str:
    unweighted = [each.name for each in (before, after) if each.weights == "none"]
    if name == "weight_sum" and unweighted:
        return f"weight_sum does not belong here: {unweighted[0]} takes no row weights"
    return (
        f"{name} does not belong here: neither {before.name} nor {after.name} depends "
        f"on {MEANINGS[name]}; they depend on: "
        f"{', '.join(_belonging(before, after)) or 'nothing'}"
    )


def _one_for_each_column(
    value: Any, name: str, *, may_be_zero: bool = False
) -> FloatArray:
    """Return an array of positive numbers, among them 0 where that is allowed."""
    values = validation.vector(value, name)
    if not values.size:
        raise ValueError(f"{name} must have one entry for each column, got none")
    for column, each in enumerate(values):
        if each or not may_be_zero:
            validation.positive_number(
                float(each), f"{name} of column {column} (counting from 0)"
            )
    return values


def _column_sds(value: Any, name: str) -> float | FloatArray:
    if shape_of(value):
        return _one_for_each_column(value, name)
    return validation.positive_number(value, name)


def _count(value: Any, name: str) -> int:
    return validation.natural_number(value, name, at_most=MOST_ROWS)


CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "n": _count,
    "weight_sum": validation.positive_number,
    "batch_size": _count,
    "y_sd": validation.positive_number,
    "x_sd": _column_sds,
    "noise_sd": validation.positive_number,
}
