"""Compute the answers of a section with 50 digits, from sums without rounding.

Usage: ``python truth.py KIND FOLDER`` prints them as JSON, each number as text.

The Gram matrices are exact integers. What follows is mpmath with 60 digits, and
integers as fixed-point numbers with 256 bits where there is a term for each row.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import data
import numpy as np
from contender import NOISE_SCALE, PENALTIES, PLACES, PRIOR_SCALE, library

mp = library("mpmath")  # without types: its own do not say what is real

BITS = 256
ONE = 1 << BITS
NODES = (60, 100)  # of the logs of noise sd and prior sd
NEGLIGIBLE = 80.0  # log of a density against its maximum

Numbers = list[Any]
fixed: Any = np.frompyfunc(lambda v: int(mp.nint(mp.mpf(v) * ONE)), 1, 1)
real: Any = np.frompyfunc(lambda k: mp.mpf(int(k)) / ONE, 1, 1)


def whole(case: data.Case) -> tuple[np.ndarray, np.ndarray]:
    """Return the integers k of features and of the response."""
    X = np.rint((case.X - case.offset) * data.UNIT)
    return X, np.rint(case.y * data.UNIT)


def moments(case: data.Case) -> tuple[Any, int]:
    """Return the centred Gram matrix of features and response, and their rows."""
    p, n = case.X.shape[1], len(case.y)
    gram, total = np.zeros((p + 1, p + 1)), np.zeros(p + 1)
    for first in range(0, n, data.CHUNK):
        part = slice(first, first + data.CHUNK)
        rows = np.column_stack(
            whole(
                data.Case(
                    case.folder,
                    case.X[part],
                    case.y[part],
                    case.labels[part],
                    case.offset,
                )
            )
        )
        gram, total = gram + rows.T @ rows, total + rows.sum(axis=0)
    assert np.abs(gram).max() < 2.0**53  # so no sum was rounded
    centred = mp.matrix(p + 1, p + 1)
    for i in range(p + 1):
        for j in range(p + 1):
            exact = n * int(gram[i, j]) - int(total[i]) * int(total[j])
            centred[i, j] = mp.mpf(exact) / n / data.UNIT**2
    return centred, n


def ridge(gram: Any, penalty: float) -> tuple[Any, Any]:
    """Return the ridge coefficients, and the inverse of the penalised Gram matrix."""
    p = gram.rows - 1
    inverse = (gram[:p, :p] + mp.mpf(penalty) * mp.eye(p)) ** -1
    return inverse * gram[:p, p], inverse


def exact(case: data.Case) -> dict[str, Numbers]:
    """Return mean and sd of the coefficients for known scales."""
    gram, _ = moments(case)
    noise = mp.mpf(data.NOISE_SD) ** 2
    coef, inverse = ridge(gram, float(noise / mp.mpf(data.PRIOR_SD) ** 2))
    sd = [mp.sqrt(noise * inverse[j, j]) for j in range(inverse.rows)]
    return {"coef": list(coef), "sd": sd}


def path(case: data.Case) -> dict[str, Numbers]:
    """Return coefficients and leave-one-out errors at a few penalties of the path."""
    gram, n = moments(case)
    X, y = (np.vectorize(int, otypes=[object])(part) for part in whole(case))
    X, y = X * n - X.sum(axis=0), y * n - y.sum()  # centred, in units of 1 / (n UNIT)
    unit = n * data.UNIT
    coefs: Numbers = []
    errors: Numbers = []
    for place in PLACES:
        coef, inverse = ridge(gram, PENALTIES[place])
        beta = fixed(np.array(list(coef), dtype=object))
        spread = fixed(np.array(inverse.tolist(), dtype=object))
        residual = (y * ONE - X @ beta) // unit
        leverage = ((X @ spread) * X).sum(axis=1) // unit**2 + ONE // n
        left_out = (residual * ONE) // (ONE - leverage)
        coefs += list(coef)
        errors.append(real(int((left_out * left_out).sum() // ONE // n)))
    return {"coef": coefs, "loo": errors}


def hierarchical(case: data.Case) -> dict[str, Numbers]:
    """Return mean and sd of the coefficients, integrated over both scales.

    Sums on a grid of log scales converge faster than any power of the step. A second
    grid lies between the nodes of the first: the error of their average is about the
    square of their difference.
    """
    gram, n = moments(case)
    p = gram.rows - 1
    squares, axes = mp.eigsy(gram[:p, :p])
    along = np.array(list(axes.T * gram[:p, p]))
    squares, axes = np.array(list(squares)), np.array(axes.tolist())
    share = along**2 / squares
    rest = gram[p, p] - share.sum()

    def log_density(t: Any, x: Any, log: Any, exp: Any, number: Any) -> Any:
        noise, prior = exp(2 * t), exp(2 * x)
        product, quadratic = number(1), number(rest) / noise
        for square, part in zip(squares, share, strict=True):
            marginal = 1 + prior / noise * number(square)
            product, quadratic = (
                product * marginal,
                quadratic + number(part) / (noise * marginal),
            )
        priors = noise / (2 * NOISE_SCALE**2) + log(1 + prior / PRIOR_SCALE**2)
        return x - (n - 2) * t - (quadratic + log(product)) / 2 - priors

    near = [np.linspace(-12, 6, 3601), np.linspace(-12, 8, 401)]
    logs = np.zeros(0)
    for _ in range(4):  # closer to where the density is
        t, x = np.meshgrid(*near)
        with np.errstate(over="ignore"):
            logs = log_density(t, x, np.log, np.exp, float)
        kept = logs > logs.max() - NEGLIGIBLE
        near = [np.linspace(v[kept].min(), v[kept].max(), 801) for v in (t, x)]
    top = float(logs.max())
    answers = []
    for shift in (0.0, 0.5):
        found = []
        grids = [
            v[0] + (np.arange(-1, count) + shift) * np.ptp(v) / count
            for v, count in zip(near, NODES, strict=True)
        ]
        for at in grids[0]:
            for to in grids[1]:
                if log_density(at, to, np.log, np.exp, float) < top - NEGLIGIBLE:
                    continue
                t, x = mp.mpf(at), mp.mpf(to)
                w = mp.exp(log_density(t, x, mp.log, mp.exp, mp.mpf) - top)
                noise, prior = mp.exp(2 * t), mp.exp(2 * x)
                found.append([w, noise, *(prior / (noise + prior * squares))])
        table = fixed(np.array(found, dtype=object))
        w, noise, shrunk = table[:, 0], table[:, 1], table[:, 2:]
        total, weighted = real(w.sum()), (shrunk.T * w) >> BITS
        first = real(weighted.sum(axis=1)) / total
        both = real((weighted @ shrunk) >> BITS) / total
        variance = real((weighted @ noise) >> BITS) / total
        loadings = axes * along
        spread = loadings @ (both - np.outer(first, first)) @ loadings.T
        sd = [mp.sqrt(v) for v in np.diag(spread) + axes**2 @ variance]
        answers.append(np.array([*(loadings @ first), *sd]))
    change = max(abs(answers[0] / answers[1] - 1))
    assert change < 1e-15, f"the grid is too coarse: {mp.nstr(change, 3)}"
    average = (answers[0] + answers[1]) / 2
    return {"coef": list(average[:p]), "sd": list(average[p:])}


def logistic(case: data.Case) -> dict[str, Numbers]:
    """Return the mode of a logistic regression, and the sds of its Laplace Gaussian."""
    X = np.column_stack([np.full(len(case.y), data.UNIT), whole(case)[0]])
    labels, p = case.labels, X.shape[1] - 1
    precision = np.array([0.0, *[data.PRIOR_SD**-2] * p])
    beta = np.zeros(p + 1)
    for _ in range(30):
        mean = 1 / (1 + np.exp(-X @ beta / data.UNIT))
        slope = X.T @ (labels - mean) / data.UNIT - precision * beta
        curved = (X.T * (mean * (1 - mean))) @ X / data.UNIT**2 + np.diag(precision)
        beta = beta + np.linalg.solve(curved, slope)
    rows = np.vectorize(int, otypes=[object])(X)
    answer, inverse = mp.matrix([mp.mpf(b) for b in beta]), mp.eye(1)
    for _ in range(3):  # each step doubles the digits
        eta = rows @ fixed(np.array(list(answer), dtype=object))
        mean = np.array([1 / (1 + mp.exp(-real(e) / data.UNIT)) for e in eta])
        slope = (fixed(labels - mean) @ rows) / mp.mpf(ONE * data.UNIT)
        curved = (rows.T * fixed(mean * (1 - mean))) @ rows
        hessian = mp.matrix(curved.tolist()) / ONE / data.UNIT**2
        inverse = (hessian + mp.diag([mp.mpf(v) for v in precision])) ** -1
        step = inverse * mp.matrix(list(slope - precision * np.array(list(answer))))
        answer = answer + step
    sd = [mp.sqrt(inverse[j, j]) for j in range(1, p + 1)]
    return {"coef": list(answer)[1:], "sd": sd}


KINDS: dict[str, Callable[[data.Case], dict[str, Numbers]]] = {
    "exact": exact,
    "path": path,
    "hierarchical": hierarchical,
    "nuts": hierarchical,
    "logistic": logistic,
    "streaming": exact,
}


def main() -> None:
    """Print the answers of one kind."""
    kind, folder = sys.argv[1:]
    mp.mp.dps = 60
    found = KINDS[kind](data.load(Path(folder)))
    shown = {k: [mp.nstr(v, 50) for v in values] for k, values in found.items()}
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
