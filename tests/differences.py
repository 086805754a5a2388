"""How far a route is from an oracle of many digits, and how hard a case is."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from hypothesis import HealthCheck

from tests.many_digits import Exact, Singular, kept_rows, posterior
from tests.strategies import Case

mp: Any = mpmath.mp
EPS = mp.mpf(2) ** -52
LARGEST, SMALLEST = mp.mpf(2) ** 1023, mp.mpf(2) ** -1022
SLOW_OR_PICKY: Any = list(HealthCheck)  # cases are dear to make, and some are left out


def truth_of(case: Case) -> Exact | None:
    """Return the posterior, or None where a coefficient is not determined at all."""
    try:
        return posterior(case)
    except Singular:
        return None


def answer(route: Callable[..., Any], *arguments: Any) -> Any:
    """Return the result of a route, or the text of a refusal of one line."""
    try:
        return route(*arguments)
    except (ValueError, ArithmeticError) as error:
        refusal = error
    assert type(refusal) in (ValueError, ArithmeticError)
    assert "\n" not in str(refusal)
    return str(refusal)


def difference(ours: Any, theirs: Any, sds: Any) -> float:
    """Return the largest difference in sds, less the rounding of the numbers."""
    worst = mp.mpf(0)
    for a, b, sd in zip(ours, theirs, sds, strict=True):
        assert np.isfinite(a)
        rounding = 4 * EPS * abs(b) + SMALLEST
        worst = max(worst, (abs(mp.mpf(float(a)) - b) - rounding) / sd)
    return float(worst)


def relative(ours: Any, theirs: Any) -> float:
    """Return the largest relative difference of positive numbers."""
    pairs = zip(ours, theirs, strict=True)
    return float(max(abs(mp.mpf(float(a)) / b - 1) for a, b in pairs))


def loudness(case: Case) -> float:
    """Return the size of y over the noise sd of all rows together.

    Its product with the rounding unit is the resolution of a gradient.
    """
    _, y, w = kept_rows(case)
    return float(np.abs(y).max() * np.sqrt(w.sum()) / case.noise_sd)


def are_dependent(case: Case, limit: float) -> bool:
    """Return whether rounding of the rows can make the posterior singular.

    It is so if a precision given the other parameters is below ``limit`` times the
    marginal one.
    """
    truth = truth_of(case)
    if truth is None:
        return True
    with mp.workdps(2500):
        X, _, w = kept_rows(case)
        sigma2 = mp.mpf(case.noise_sd) ** 2
        sds = truth.sd
        for j, sd in enumerate(sds):
            column = (
                X[:, j - case.intercept] if j >= case.intercept else np.ones(len(X))
            )
            data = mp.fsum(
                mp.mpf(float(u)) * mp.mpf(float(v)) ** 2
                for u, v in zip(w, column, strict=True)
            )
            tau = case.prior_sds[j - case.intercept] if j >= case.intercept else np.inf
            scale = sigma2 if case.relative else 1
            prior = 0 if np.isinf(tau) else 1 / (mp.mpf(tau) ** 2 * scale)
            if 1 / sd**2 < limit * (data / sigma2 + prior):
                return True
    return False


def spread(case: Case) -> float:
    """Return the ratio of the sizes of columns, times their prior sds."""
    X, _, w = kept_rows(case)
    sds = np.where(np.isinf(case.prior_sds), 1.0, case.prior_sds)
    largest = (np.sqrt(w)[:, np.newaxis] * np.abs(X)).max(axis=0)
    logs = np.log(largest[largest > 0]) + np.log(sds[largest > 0])
    return float(np.exp(min(np.ptp(logs), 700.0))) if logs.size else 1.0
