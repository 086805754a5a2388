"""The assumptions under which two fits are equal, and warnings of their differences."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_l2.conventions.convention import Columns, Convention, Intercept, SummedLoss

# the loss in words, and the unit of the linear predictor
LIKELIHOODS = {
    SummedLoss.SQUARED: ("squared error", "y"),
    SummedLoss.LOGISTIC: ("cross-entropy", "log odds"),
}


def two_likelihoods(before: Convention, after: Convention) -> bool:
    """Return whether the coefficients of two conventions are in different units."""
    return len({before.summed, after.summed} - {SummedLoss.ANY}) > 1


def assumptions(
    before: Convention,
    after: Convention,
    given: Mapping[str, Any],
    *,
    intercept: bool,
) -> tuple[str, ...]:
    """Return the assumptions that both fits must have in common.

    Parameters
    ----------
    before, after : Convention
        The conventions of the source and of the target.
    given : mapping of str to float or ndarray
        The quantities that were given.
    intercept : bool
        Whether the model has an intercept.
    """
    formula = after.in_setting_of(before)
    both = {before.name: before, after.name: after}.values()
    found = [f"{record.name}: {each}" for record in both for each in record.assumes]
    found += [
        f"{record.name}: {record.intercept}"
        for record in both
        if record.intercept is Intercept.NONE
    ]
    if "weight_sum" in given:
        found += [f"{record.name}: row weights are {record.weights}" for record in both]
    elif "weight_sum" in formula:
        found.append("rows have no weights")
    if "x_sd" in formula and np.ndim(given.get("x_sd", 1.0)) == 0:
        found.append("all columns have the same sd, x_sd")
    if "y_sd" in formula:
        about = "the sd" if intercept else _scale(before, after, "y_sd")
        found.append(f"y_sd is {about} of the y that is fitted, with divisor n")
    if "x_sd" in formula and not intercept:
        about = _scale(before, after, "x_sd")
        found.append(f"x_sd is {about} of a column, with divisor n")
    return tuple(found)


def _scale(before: Convention, after: Convention, name: str) -> str:
    """Return what a scale is without an intercept, which both must agree on."""
    scales = [each.scale_without(name) for each in (before, after)]
    return str(next(filter(None, scales)))


def warnings(
    before: Convention,
    after: Convention,
    given: Mapping[str, Any],
    *,
    intercept: bool,
) -> tuple[str, ...]:
    """Return the reasons why the two fits differ even under the assumptions.

    Parameters
    ----------
    before, after : Convention
        The conventions of the source and of the target.
    given : mapping of str to float or ndarray
        The quantities that were given.
    intercept : bool
        Whether the model has an intercept.
    """
    both = (before, after)
    found = [
        f"{record.name} is no Gaussian MAP: {record.no_map}"
        for record in both
        if record.no_map
    ]
    penalised = [each.name for each in both if each.intercept is Intercept.PENALISED]
    if intercept and len(penalised) == 1:
        squared = {each.summed for each in both} <= {SummedLoss.SQUARED, SummedLoss.ANY}
        centred = "X and y are centred or " if squared else ""
        found.append(
            f"{penalised[0]} penalises the intercept too: equal only if {centred}the "
            "intercept is freed"
        )
    if "x_sd" in after.in_setting_of(before) and "x_sd" not in given:
        names = [each.name for each in both if each.columns is not Columns.AS_GIVEN]
        found.append(
            f"{' and '.join(names)} standardise{'s' if len(names) == 1 else ''} the "
            "columns: equal only if they have sd 1 (divisor n) already; otherwise give "
            "x_sd"
        )
    if two_likelihoods(before, after):
        (loss, unit), (other_loss, other_unit) = (
            LIKELIHOODS[each.summed] for each in both
        )
        found.append(
            f"{loss} and {other_loss} are two likelihoods: the prior has the same "
            f"number, in {unit} for the one and in {other_unit} for the other"
        )
    if "n" in given and given["n"] % given.get("batch_size", 1):
        found.append(
            f"minibatches of {given['batch_size']} do not divide {given['n']} rows: "
            "the value is for minibatches of one size, and a smaller last one gives "
            "its rows or its penalty more weight; drop it, or choose another size"
        )
    return tuple(found)
