"""The evidence of ridge regression by textbook formulas in sixty digits."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

DIGITS = 60
TWO_PI = Decimal("6.283185307179586476925286766559005768394338798750211641949889")


def evidence_of_path(
    fields: dict[str, Any], noise_sds: Sequence[float]
) -> list[Decimal]:
    """Return log p(y | alpha, sigma) at each penalty and its noise sd.

    A HalfNormal prior of the noise sd adds the log density of its log.
    """
    with localcontext(prec=DIGITS):
        gram = _gram(fields)
        rows = len(fields["y"]) - int(fields["intercept"])
        constant = Decimal(len(fields["y"])).ln() if fields["intercept"] else Decimal(0)
        found = []
        for penalty, noise_sd in zip(fields["penalties"], noise_sds, strict=True):
            log_det, squares = _solved(gram, Decimal(penalty))
            variance = Decimal(noise_sd) ** 2
            of_noise = rows * (TWO_PI * variance).ln() + squares / variance
            found.append(
                (-constant - log_det - of_noise) / 2
                + _log_prior(fields["noise_sd"], Decimal(noise_sd))
            )
        return found


def _gram(fields: dict[str, Any]) -> list[list[Decimal]]:
    """Return the products of all columns and y, centred where there is an intercept."""
    rows = [[*x, y] for x, y in zip(fields["X"], fields["y"], strict=True)]
    columns = [[Decimal(value) for value in each] for each in zip(*rows, strict=True)]
    if fields["intercept"]:
        means = [sum(column, Decimal(0)) / len(column) for column in columns]
        columns = [
            [value - mean for value in column]
            for column, mean in zip(columns, means, strict=True)
        ]
    return [[_dot(a, b) for b in columns] for a in columns]


def _dot(a: Sequence[Decimal], b: Sequence[Decimal]) -> Decimal:
    return sum((x * y for x, y in zip(a, b, strict=True)), Decimal(0))


def _solved(gram: list[list[Decimal]], penalty: Decimal) -> tuple[Decimal, Decimal]:
    """Return log |X'X / penalty + I| and the least penalised sum of squares.

    Both come from the Cholesky factor of the products of [X y] with the penalty added.
    """
    p = len(gram) - 1
    root: list[list[Decimal]] = []
    product = Decimal(1)
    for i, row in enumerate(gram):
        root.append([])
        for j in range(i):
            root[i].append((row[j] - _dot(root[i], root[j][:j])) / root[j][j])
        left = row[i] - _dot(root[i], root[i])
        if i == p:
            return product.ln(), left
        root[i].append((left + penalty).sqrt())
        product *= (left + penalty) / penalty
    raise ValueError("gram must have a row")


def _log_prior(scale: Any, noise_sd: Decimal) -> Decimal:
    if not isinstance(scale, dict):
        return Decimal(0)
    assert scale["kind"] == "HalfNormal"
    unit = Decimal(scale["scale"])
    constant = (4 / TWO_PI).ln() / 2 - unit.ln()  # half of log(2 / pi)
    return constant - (noise_sd / unit) ** 2 / 2 + noise_sd.ln()
