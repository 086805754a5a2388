"""One penalty in another library's units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.catalogue import find
from bayes_l2.conventions.convention import Columns, Convention, Intercept, Loss, Norm
from bayes_l2.conventions.monomial import Monomial, symbol

MEANINGS = {
    "n": "the number of rows",
    "weight_sum": "the sum of the row weights",
    "batch_size": "the number of rows in a minibatch",
    "y_sd": "the standard deviation of y (divisor n)",
    "x_sd": "the standard deviation of the columns (divisor n), one number or one for each",
    "noise_sd": "the noise standard deviation",
}


@dataclass(frozen=True)
class Conversion:
    """A penalty in two systems of units, and what makes them one.

    Attributes
    ----------
    value : float or ndarray
        The setting of ``target``; one for each column where the quantities differ between columns.
    source_value : float or ndarray
        The setting of ``source``.
    source, target : Convention
        What each minimises.
    formula : str
        The one setting as a formula in the other.
    prior_scale : float or ndarray or None
        The prior sd of a coefficient of a column as given, in y per unit of the column, or its Laplace scale; None
        where there is no penalty, or where a quantity that it depends on, the noise sd for one, was not given.
    quantities : mapping of str to float or ndarray
        The numbers that the formula needed.
    assumptions : tuple of str
        What both fits must have in common.
    warnings : tuple of str
        Why the two fits differ all the same; empty where they are equal under the assumptions.
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

    def __float__(self) -> float:
        """Return the value, where it is one number."""
        if np.ndim(self.value):
            raise ValueError(
                f"the conversion has {np.size(self.value)} values, one for each column: use .value"
            )
        return float(self.value)

    def __str__(self) -> str:
        """Return the conversion as plain text."""
        lines = self.lines()
        width = max(len(heading) for heading, _ in lines)
        return "\n".join(f"{heading:{width}}  {line}" for heading, line in lines)

    def lines(self) -> list[tuple[str, str]]:
        """Return the conversion as pairs of a heading and a line, in the order in which one reads them."""
        lines = [
            (
                "result",
                f"{self.target.parameter} = {_shown(self.value)} in {self.target.setting}",
            )
        ]
        lines += [("because", f"{_parameter(self.target)} = {self.formula}")]
        lines += [
            ("where", f"{name} = {_shown(value)}")
            for name, value in self.quantities.items()
        ]
        for which, record, value in (
            ("from", self.source, self.source_value),
            ("to", self.target, self.value),
        ):
            shown = _shown(value) if np.ndim(value) == 0 else record.parameter
            rows = symbol("weight_sum" if "weight_sum" in self.quantities else "n")
            lines.append((f"{which}, minimising", record.objective_with(shown, rows)))
        if self.prior_scale is not None:
            word = "prior sd" if self.source.norm is Norm.L2 else "Laplace scale"
            lines.append(
                (
                    f"both are the {word}",
                    f"{_shown(self.prior_scale)} of a coefficient, columns as given",
                )
            )
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
            "prior_scale": None
            if self.prior_scale is None
            else _plain(self.prior_scale),
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

    Each library minimises a loss times a factor plus a penalty times a factor; the ratio of these is the precision
    :math:`1/\tau^2` of a Gaussian prior, or for L1 penalties the inverse scale of a Laplace prior (``Convention``). The
    setting returned has the same. It follows from n and the other quantities by a product of powers, which
    ``Conversion.formula`` shows.

    Parameters
    ----------
    value : float or array_like of shape (p,)
        The setting to convert, not negative; an array where it differs between columns.
    source, target : str
        Names of conventions: "ridge", "ElasticNet", "torch-sgd", ... ``bayes-l2 conventions`` lists them.
    n : int, optional
        Number of rows.
    weight_sum : float, optional
        Sum of the row weights; n where there are none.
    batch_size : int, optional
        Rows in a minibatch.
    y_sd : float, optional
        Standard deviation of y, with divisor n.
    x_sd : float or array_like of shape (p,), optional
        Standard deviation of the columns, with divisor n, where one of the two standardises them; 1 unless given, for
        columns that are standardised already.
    noise_sd : float, optional
        Noise standard deviation :math:`\sigma`, in the units of y, where a penalty meets a prior.
    intercept : bool, default True
        Whether the model has an intercept.

    Returns
    -------
    Conversion
        The number, both objectives, assumptions, and warnings where the two fits are not equal all the same.

    Raises
    ------
    ValueError
        If a name is unknown. If a number is not valid, missing, or enters neither objective. If the target cannot
        express the penalty: L1 where it has L2, no penalty where the setting is its inverse, or one that differs
        between columns.
    """
    before, after = find(source, "source"), find(target, "target")
    if before.norm is not after.norm:
        raise ValueError(
            f"{after.name} cannot express the penalty of {before.name}: "
            f"the one is a {after.norm.value}, the other a {before.norm.value}"
        )
    given = _given(
        before,
        after,
        n=n,
        weight_sum=weight_sum,
        batch_size=batch_size,
        y_sd=y_sd,
        x_sd=x_sd,
        noise_sd=noise_sd,
    )
    formula = _formula(before, after, weighted="weight_sum" in given)
    start = _setting(value, before)
    if not intercept and {"x_sd", "y_sd"} & set(formula.powers):
        raise ValueError(
            f"intercept must be True from {before.name} to {after.name}: "
            "without one, libraries do not agree by what they scale columns and y"
        )
    if (
        np.ndim(start)
        and np.ndim(given.get("x_sd", 0.0))
        and np.size(start) != np.size(given["x_sd"])
    ):
        raise ValueError(
            f"value and x_sd must have one entry for each column, got {np.size(start)} and {np.size(x_sd)}"
        )
    shown = formula.replace("value", symbol(_parameter(before))).text()
    standardised = "x_sd" in formula and "x_sd" not in given
    values = given | ({"x_sd": 1.0} if standardised else {})
    needed = {name for name in MEANINGS if name in formula} | (
        {"n"} if "(n - 1)" in formula else set()
    )
    missing = [name for name in MEANINGS if name in needed and name not in values]
    if missing:
        meanings = " and ".join(f"{name}, {MEANINGS[name]}" for name in missing)
        raise ValueError(f"{meanings}, must be given: {_parameter(after)} = {shown}")
    result = _result(formula, start, values, before, after)
    return Conversion(
        value=result,
        source_value=start,
        source=before,
        target=after,
        formula=shown,
        prior_scale=_prior_scale(before, after, start, values),
        quantities={name: values[name] for name in MEANINGS if name in needed},
        assumptions=_assumptions(before, after, given, formula),
        warnings=_warnings(
            before, after, given, standardised=standardised, intercept=intercept
        ),
    )


def quantities_of(source: str, target: str) -> tuple[str, ...]:
    """Return the names of the quantities that ``convert`` may be given between two conventions.

    Parameters
    ----------
    source, target : str
        Names of conventions.

    Returns
    -------
    tuple of str
        Among n, weight_sum, batch_size, y_sd, x_sd and noise_sd.
    """
    return _belonging(find(source, "source"), find(target, "target"))


def _belonging(before: Convention, after: Convention) -> tuple[str, ...]:
    names = {name for record in (before, after) for name in record.strength.powers}
    names |= {"n"} if names & {"weight_sum", "(n - 1)", "batch_size"} else set()
    names |= {"weight_sum"} if "none" not in (before.weights, after.weights) else set()
    return tuple(name for name in MEANINGS if name in names)


def _formula(before: Convention, after: Convention, *, weighted: bool) -> Monomial:
    """Return the setting of ``after`` in that of ``before``: both prior precisions equal, solved for it."""
    at_one = after.strength.replace("value", Monomial())
    formula = (before.strength / at_one) ** (1 / after.power)
    return formula if weighted else formula.replace("weight_sum", symbol("n"))


def _given(before: Convention, after: Convention, **quantities: Any) -> dict[str, Any]:
    """Return the quantities that were given, each checked, and refuse one that neither objective depends on."""
    belongs = _belonging(before, after)
    given = {}
    for name, value in quantities.items():
        if value is None:
            continue
        if name == "weight_sum" and name not in belongs:
            without = before.name if before.weights == "none" else after.name
            raise ValueError(
                f"weight_sum does not belong here: {without} takes no row weights"
            )
        if name not in belongs:
            raise ValueError(
                f"{name} does not belong here: neither {before.name} nor {after.name} depends on {MEANINGS[name]}; "
                f"what they depend on: {', '.join(belongs) or 'nothing'}"
            )
        if name in ("n", "batch_size"):
            given[name] = validation.natural_number(value, name)
        elif name == "x_sd" and np.ndim(value):
            given[name] = _not_negative(
                validation.vector(value, name), name, zero=False
            )
        else:
            given[name] = validation.positive_number(value, name)
    if "n" in given and ("(n - 1)" in before.strength or "(n - 1)" in after.strength):
        given["(n - 1)"] = validation.natural_number(given["n"], "n", at_least=2) - 1
    if given.get("batch_size", 0) > given.get("n", np.inf):
        raise ValueError(
            f"batch_size must be at most n = {given['n']}, got {given['batch_size']}"
        )
    return given


def _setting(value: Any, before: Convention) -> float | FloatArray:
    """Return a valid setting of the source: not negative, and positive where it is the inverse of a penalty."""
    name = f"value ({_parameter(before)})"
    if np.ndim(value):
        if not before.per_column:
            raise ValueError(
                f"{name} must be one number for all columns, got {np.size(value)}"
            )
        return _not_negative(
            validation.vector(value, name), name, zero=before.power > 0
        )
    if isinstance(value, np.ndarray | np.number):
        value = value.item()
    if before.power > 0 and not isinstance(value, bool) and value == 0:
        return 0.0
    return validation.positive_number(value, name)


def _not_negative(values: FloatArray, name: str, *, zero: bool) -> FloatArray:
    """Refuse what is empty, and numbers that are not positive, but for 0 where that is allowed."""
    if not values.size:
        raise ValueError(f"{name} must have one entry for each column, got none")
    for column, value in enumerate(values):
        if value or not zero:
            validation.positive_number(
                float(value), f"{name} of column {column} (counting from 0)"
            )
    return values


def _result(
    formula: Monomial,
    start: float | FloatArray,
    values: Mapping[str, Any],
    before: Convention,
    after: Convention,
) -> float | FloatArray:
    none = np.asarray(start) == 0
    if none.any() and after.power < 0:
        raise ValueError(
            f"{_parameter(after)} cannot express no penalty: it would have to be infinite"
        )
    with np.errstate(over="ignore", under="ignore"):
        result = np.asarray(formula.evaluate({**values, "value": start}), dtype=float)
    if not np.all(np.isfinite(result) & (none | (result > 0))):
        raise ValueError(
            f"{_parameter(after)} is beyond double precision at {_parameter(before)} = {start}"
        )
    if np.ndim(result) == 0:
        return float(result)
    if after.per_column:
        return result
    if np.ptp(result) > 1e-12 * result.max():
        raise ValueError(
            f"{after.setting} cannot express this penalty: it would have to differ between columns, "
            f"from {result.min():.6g} to {result.max():.6g}, and {after.parameter} is one number; "
            "scale the columns first"
        )
    return float(result[0])


def _prior_scale(
    before: Convention,
    after: Convention,
    start: float | FloatArray,
    values: Mapping[str, Any],
) -> float | FloatArray | None:
    scale = before.prior_scale
    formula = (
        scale if "weight_sum" in values else scale.replace("weight_sum", symbol("n"))
    )
    other_units = {before.summed, after.summed} == {Loss.SQUARED, Loss.LOGISTIC}
    if (
        other_units
        or np.any(np.asarray(start) == 0)
        or set(formula.powers) - {"2", "value", *values}
    ):
        return None
    result = np.asarray(formula.evaluate({**values, "value": start}), dtype=float)
    if not np.isfinite(result).all():
        return None
    return result if np.ndim(result) else float(result)


def _assumptions(
    before: Convention, after: Convention, given: Mapping[str, Any], formula: Monomial
) -> tuple[str, ...]:
    both = {before.name: before, after.name: after}.values()
    said = [f"{record.name}: {each}" for record in both for each in record.assumes]
    said += [
        f"{record.name}: {record.intercept}"
        for record in both
        if record.intercept is Intercept.NONE
    ]
    if "weight_sum" in given:
        said += [f"{record.name}: row weights are {record.weights}" for record in both]
    elif "weight_sum" in _formula(before, after, weighted=True):
        said.append("rows have no weights")
    if "x_sd" in formula and np.ndim(given.get("x_sd", 1.0)) == 0:
        said.append("all columns have the same sd, x_sd")
    if "y_sd" in formula:
        said.append("y_sd is the sd of the y that is fitted, with divisor n")
    return tuple(said)


def _warnings(
    before: Convention,
    after: Convention,
    given: Mapping[str, Any],
    *,
    standardised: bool,
    intercept: bool,
) -> tuple[str, ...]:
    said = [
        f"{record.name} is no Gaussian MAP: {record.no_map}"
        for record in (before, after)
        if record.no_map
    ]
    penalised = [
        record.name
        for record in (before, after)
        if record.intercept is Intercept.PENALISED
    ]
    if intercept and len(penalised) == 1:
        centred = (
            ""
            if Loss.LOGISTIC in (before.summed, after.summed)
            else "X and y are centred or "
        )
        said.append(
            f"{penalised[0]} penalises the intercept too: equal only if {centred}the intercept is freed"
        )
    if standardised:
        names = [
            record.name
            for record in (before, after)
            if record.columns is not Columns.AS_GIVEN
        ]
        said.append(
            f"{' and '.join(names)} standardise{'s' if len(names) == 1 else ''} the columns: equal only if they have "
            "sd 1 (divisor n) already; otherwise give x_sd"
        )
    if {before.summed, after.summed} == {Loss.SQUARED, Loss.LOGISTIC}:
        said.append(
            "squared error and cross-entropy are two likelihoods: the prior has the same number, in y for the one and "
            "in log odds for the other"
        )
    if "n" in given and given["n"] % given.get("batch_size", 1):
        said.append(
            f"minibatches of {given['batch_size']} do not divide {given['n']} rows: the value is for minibatches of "
            "one size, and a smaller last one weighs its rows or its penalty more; drop it, or choose another size"
        )
    return tuple(said)


def _parameter(record: Convention) -> str:
    return f"{record.parameter}[{record.name}]"


def _shown(value: Any) -> str:
    if np.ndim(value):
        return np.array2string(np.asarray(value), precision=6, threshold=12)
    return f"{value:.10g}"


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()
