r"""The conversion of a setting: two prior strengths are set equal and solved for one.

A prior strength is a product of powers :math:`c \, v^k \prod_i q_i^{e_i}` of the
setting v and of quantities such as n. So the setting of one library is such a product
in the setting of the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.assumptions import assumptions, two_likelihoods, warnings
from bayes_l2.conventions.catalogue import find
from bayes_l2.conventions.convention import Convention
from bayes_l2.conventions.monomial import Monomial, symbol
from bayes_l2.conventions.quantities import MEANINGS, checked, checked_setting


@dataclass(frozen=True)
class Conversion:
    """A penalty in the units of two libraries, and the assumptions that make it equal.

    Attributes
    ----------
    value : float or ndarray
        The setting of ``target``; an array where it differs between columns.
    source_value : float or ndarray
        The setting of ``source``.
    source, target : Convention
        The records of the two libraries.
    formula : str
        The setting of ``target`` as a formula in that of ``source``.
    prior_scale : float or ndarray or None
        The prior sd of a coefficient, or its Laplace scale. The coefficient belongs to
        a column as given, in y per unit of the column. None where there is no penalty,
        where a quantity in its formula, such as the noise sd, was not given, and
        between two likelihoods.
    quantities : mapping of str to float or ndarray
        The numbers that the formula needed.
    assumptions : tuple of str
        The conditions that both fits must have in common.
    warnings : tuple of str
        The reasons why the two fits differ even so; empty where they are equal under
        the assumptions.
    """

    value: float | FloatArray
    source_value: float | FloatArray
    source: Convention
    target: Convention
    formula: str
    prior_scale: float | FloatArray | None
    quantities: Mapping[str, float | FloatArray]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        sides = [(self.source, self.source_value), (self.target, self.value)]
        settings = [
            f"{record.name} {record.parameter} = "
            + (f"<{np.size(value)}>" if np.ndim(value) else _shown(value))
            for record, value in sides
        ]
        warnings = f"; {len(self.warnings)} warnings" if self.warnings else ""
        return f"Conversion({' is '.join(settings)}{warnings})"

    def __float__(self) -> float:
        """Return the value, where it is one number."""
        if np.ndim(self.value):
            raise ValueError(
                f"the conversion has {np.size(self.value)} values, one for each "
                "column: use .value"
            )
        return float(self.value)

    def __str__(self) -> str:
        """Return the conversion as plain text."""
        lines = self.lines()
        width = max(len(heading) for heading, _ in lines)
        return "\n".join(f"{heading:{width}}  {line}" for heading, line in lines)

    def lines(self) -> list[tuple[str, str]]:
        """Return the conversion as pairs of a heading and a line, in reading order."""
        target = self.target
        rows = symbol("weight_sum" if "weight_sum" in self.quantities else "n")

        def objective(record: Convention, value: float | FloatArray) -> str:
            shown = record.parameter if np.ndim(value) else _shown(value)
            return record.objective_with(shown, rows)

        lines = [
            (
                "result",
                f"{target.parameter} = {_shown(self.value)} in {target.setting}",
            ),
            ("because", f"{_parameter(target)} = {self.formula}"),
            *(
                ("where", f"{name} = {_shown(value)}")
                for name, value in self.quantities.items()
            ),
            ("from, minimising", objective(self.source, self.source_value)),
            ("to, minimising", objective(target, self.value)),
        ]
        if self.prior_scale is not None:
            words = f"{_shown(self.prior_scale)} of a coefficient, columns as given"
            lines.append((f"prior {self.source.norm.scale_name}", words))
        lines += [("assuming", each) for each in self.assumptions]
        return lines + [("warning", each) for each in self.warnings]

    def to_dict(self) -> dict[str, Any]:
        """Return the conversion as plain dictionaries, lists and numbers, for JSON."""
        return {
            "value": _plain(self.value),
            "parameter": self.target.parameter,
            "target": self.target.name,
            "target_objective": self.target.objective,
            "source_value": _plain(self.source_value),
            "source": self.source.name,
            "source_objective": self.source.objective,
            "formula": f"{_parameter(self.target)} = {self.formula}",
            "prior_scale": _plain(self.prior_scale),
            "quantities": {
                name: _plain(value) for name, value in self.quantities.items()
            },
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
        }


def convert(
    value: Any,
    source: str,
    target: str,
    *,
    n: int | None = None,
    weight_sum: float | None = None,
    batch_size: int | None = None,
    y_sd: float | None = None,
    x_sd: Any = None,
    noise_sd: float | None = None,
    intercept: bool = True,
) -> Conversion:
    r"""Return the setting of one library that is the same prior as that of another.

    Each library minimises a factor l times a loss plus a factor p times a penalty. The
    ratio p/l gives the precision :math:`1/\tau^2` of a Gaussian prior, or for L1
    penalties the inverse scale of a Laplace prior (``Convention``). ``convert`` sets
    the precisions of the two libraries equal and solves for the setting of the target.
    The result is a product of powers, which ``Conversion.formula`` shows.

    Parameters
    ----------
    value : float or array_like of shape (p,)
        The setting to convert, not negative; an array where it differs between columns.
    source, target : str
        Names of conventions: "ridge", "ElasticNet", "torch-sgd", ...
        ``bayes-l2 conventions`` lists them.
    n : int, optional
        Number of rows.
    weight_sum : float, optional
        Sum of the row weights; n where there are none.
    batch_size : int, optional
        Rows in a minibatch.
    y_sd : float, optional
        Standard deviation of y, with divisor n. Without an intercept, the root mean
        square of y for glmnet.
    x_sd : float or array_like of shape (p,), optional
        Standard deviation of the columns, with divisor n, where one of the two
        libraries standardises them. The default is 1, for columns that are standardised
        already. Without an intercept glmnet takes sds about the mean even so, and
        lm.ridge root mean squares.
    noise_sd : float, optional
        Noise standard deviation :math:`\sigma`, in the units of y, where one setting
        is a penalty and the other a prior.
    intercept : bool, default True
        Whether the model has an intercept.

    Returns
    -------
    Conversion
        The number, both objectives, the assumptions, and warnings where the two fits
        differ even so.

    Raises
    ------
    ValueError
        If a name is unknown. If a number is not valid, is missing, or enters neither
        objective. If the target cannot express the penalty: an L1 penalty in the units
        of an L2 penalty, no penalty where the setting is its inverse, or a penalty that
        differs between columns where the setting is one number. If there is no
        intercept, and the scale of y or of the columns without one is not known, or not
        the same for both.
    """
    arguments.flag(intercept, "intercept")
    before, after = find(source, "source"), find(target, "target")
    if before.norm is not after.norm:
        raise ValueError(
            f"{after.name} cannot express the penalty of {before.name}: "
            f"the one is a {after.norm.value}, the other a {before.norm.value}"
        )
    quantities = {
        "n": n,
        "weight_sum": weight_sum,
        "batch_size": batch_size,
        "y_sd": y_sd,
        "x_sd": x_sd,
        "noise_sd": noise_sd,
    }
    given = checked(before, after, quantities)
    start = checked_setting(value, before, f"value ({_parameter(before)})")
    formula = _of_rows(after.in_setting_of(before), given)
    if not intercept:
        _require_scales(before, after)
    sizes = [np.size(each) for each in (start, given.get("x_sd", 1.0)) if np.ndim(each)]
    if len(set(sizes)) > 1:
        raise ValueError(
            "value and x_sd must have one entry for each column, "
            f"got {sizes[0]} and {sizes[1]}"
        )
    shown = formula.replace("value", symbol(_parameter(before))).text()
    values = {"x_sd": 1.0} | given if "x_sd" in formula else given
    needed = [
        name
        for name in MEANINGS
        if name in formula or (name == "n" and "(n - 1)" in formula)
    ]
    missing = [f"{name}, {MEANINGS[name]}" for name in needed if name not in values]
    if missing:
        raise ValueError(
            f"{' and '.join(missing)}, must be given: {_parameter(after)} = {shown}"
        )
    return Conversion(
        value=_result(formula, start, values, before, after),
        source_value=start,
        source=before,
        target=after,
        formula=shown,
        prior_scale=_prior_scale(before, after, start, values),
        quantities={name: values[name] for name in needed},
        assumptions=assumptions(before, after, given, intercept=intercept),
        warnings=warnings(before, after, given, intercept=intercept),
    )


def _require_scales(before: Convention, after: Convention) -> None:
    """Raise ValueError where two fits without intercept have no common scales."""
    if before == after:
        return
    for name in ("y_sd", "x_sd"):
        both = [each for each in (before, after) if name in each.strength]
        scales = {each.scale_without(name) for each in both}
        if len(scales) > 1 or None in scales:
            raise ValueError(
                f"intercept must be True from {before.name} to {after.name}: without "
                f"one, {name} is not the same in all libraries, or not known"
            )


def _of_rows(formula: Monomial, given: Mapping[str, Any]) -> Monomial:
    """Return a formula with n in the place of the sum of weights if there are none."""
    if "weight_sum" in given:
        return formula
    return formula.replace("weight_sum", symbol("n"))


def _result(
    formula: Monomial,
    start: float | FloatArray,
    values: Mapping[str, Any],
    before: Convention,
    after: Convention,
) -> float | FloatArray:
    """Return the setting of the target, if it is a number that the target can take."""
    none = np.asarray(start) == 0
    if none.any() and after.power < 0:
        raise ValueError(
            f"{_parameter(after)} cannot express no penalty: it would have to be "
            "infinite"
        )
    result = _evaluated(formula, start, values)
    if not np.all(np.isfinite(result) & (none | (result > 0))):
        raise ValueError(
            f"{_parameter(after)} is beyond double precision at "
            f"{_parameter(before)} = {start}"
        )
    if np.ndim(result) == 0:
        return float(result)
    if after.per_column:
        return result
    if np.ptp(result) > 1e-12 * result.max():
        raise ValueError(
            f"{after.setting} cannot express this penalty: it would have to differ "
            f"between columns, from {result.min():.6g} to {result.max():.6g}, and "
            f"{after.parameter} is one number; scale the columns first"
        )
    return float(result[0])


def _prior_scale(
    before: Convention,
    after: Convention,
    start: float | FloatArray,
    values: Mapping[str, Any],
) -> float | FloatArray | None:
    """Return the scale of the prior; None where it is not known or not common."""
    formula = _of_rows(before.prior_scale, values)
    unknown = set(formula.powers) - {"2", "value", *values}
    if unknown or two_likelihoods(before, after) or np.any(np.asarray(start) == 0):
        return None
    result = _evaluated(formula, start, values)
    if not np.isfinite(result).all():
        return None
    return result if np.ndim(result) else float(result)


def _evaluated(
    formula: Monomial, start: float | FloatArray, values: Mapping[str, Any]
) -> FloatArray:
    """Return a formula's numbers: infinity, or 0, where they are beyond doubles."""
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(formula.evaluate({**values, "value": start}))


def _parameter(record: Convention) -> str:
    return f"{record.parameter}[{record.name}]"


def _shown(value: Any) -> str:
    if np.ndim(value):
        return np.array2string(np.asarray(value), precision=6, threshold=12)
    return f"{value:.10g}"


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()
