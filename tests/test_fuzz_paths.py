"""Random models at the edges of what doubles hold: rows left out, and other units.

Rows are left out one by one, in many digits. Posteriors over unknown scales are held to
those of the same data in other units, where only powers of ten may differ.
"""

from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bayes_l2 import LinearModel, fit_exact, likelihoods, penalty_path, priors
from tests.differences import (
    SLOW_OR_PICKY,
    answer,
    are_dependent,
    difference,
    loudness,
    spread,
)
from tests.many_digits import Singular, kept_rows, left_out, posterior
from tests.strategies import Case, cases, within

mp: Any = mpmath.mp
few = settings(max_examples=15, suppress_health_check=SLOW_OR_PICKY)
more = settings(max_examples=60, suppress_health_check=SLOW_OR_PICKY)


def check_path(case: Case, relative_sd: float) -> None:
    """Coefficients and rows left out at one penalty.

    Columns differ in size by 1e12 at most, which tests in ``selection`` exceed, and no
    column nearly depends on others. Errors of rows that are left out have fewer digits
    where the penalty is below 1e-16 of the largest squared column, or one row has
    nearly all of the weight.
    """
    prior_sd = within(case.noise_sd * relative_sd)
    case = replace(case, prior_sds=np.full(case.X.shape[1], prior_sd), relative=False)
    assume(len(kept_rows(case)[1]) >= 2 + case.intercept)
    assume(spread(replace(case, prior_sds=np.ones(case.X.shape[1]))) < 1e12)
    penalty = (case.noise_sd / prior_sd) ** 2
    path = answer(penalty_path, case.model, [penalty])
    if isinstance(path, str):
        if "no criterion" in path:
            _, y, _ = kept_rows(case)
            assert not np.ptp(y) * np.any(y), path
        else:
            assert "beyond" in path or "scales" in path, path
        return
    try:
        truth, (loss, log_density, rounding) = posterior(case), left_out(case)
    except Singular:
        return
    if are_dependent(case, 1e-9):
        return
    point = case.model.join(path.intercept[0], path.coef[0])
    allowed = 1e-6 + 64 * 2.0**-52 * loudness(case)
    assert difference(point, truth.mean, truth.sd) < allowed
    X, _, w = kept_rows(case)
    size = np.sqrt(w) @ np.abs(X)
    if np.sqrt(penalty) < 1e-8 * size.max() or w.max() > 1e8 * w.min():
        return
    largest = float(np.abs(case.y).max())
    error = mp.sqrt(mp.mpf(float(path.loo_error[0])))
    assert abs(error - mp.sqrt(loss)) < 1e-4 * mp.sqrt(loss) + 1e-13 * largest
    bound = 1e-4 * len(case.y) + 1e-9 * abs(log_density) + 64 * rounding
    assert abs(mp.mpf(float(path.loo_log_density[0])) - log_density) < bound


def check_units(case: Case, of_y: int, of_X: int, of_weights: int) -> None:
    """Both scales unknown: y, the columns and the weights in other units."""
    X, y, w = kept_rows(case)
    X = X / np.where(np.abs(X).max(axis=0) > 0, np.abs(X).max(axis=0), 1.0)
    y = y / max(float(np.abs(y).max()), 1e-300)
    w = np.clip(w, 0.1, 10.0)

    def fitted(of_y: int, of_X: int, of_weights: int) -> Any:
        unit = 10.0 ** (of_y - of_X)
        noise = 10.0 ** (of_y + of_weights / 2)
        model = LinearModel(
            X * 10.0**of_X,
            y * 10.0**of_y,
            weights=w * 10.0**of_weights,
            likelihood=likelihoods.Normal(priors.HalfNormal(noise)),
            prior=priors.Normal(priors.HalfNormal(unit)),
            intercept=case.intercept,
        )
        units = [10.0**of_y] * case.intercept + [unit] * X.shape[1] + [noise, unit]
        return answer(fit_exact, model), np.array(units)

    (base, _), (other, units) = fitted(0, 0, 0), fitted(of_y, of_X, of_weights)
    if isinstance(base, str) or isinstance(other, str):
        assert "improper" in str(base), base
        assert "improper" in str(other), other
        return
    np.testing.assert_allclose(other.sd / units, base.sd, rtol=1e-6)
    assert np.abs((other.mean / units - base.mean) / base.sd).max() < 1e-6
    n = len(y) - case.intercept
    assert abs(other.log_evidence + n * of_y * np.log(10) - base.log_evidence) < 1e-6
    for name, unit in zip(other.names, units, strict=True):
        ours, theirs = other.marginal(name), base.marginal(name)
        for u in (0.001, 0.5, 0.999):
            at = theirs.ppf(u)
            assert abs(float(ours.cdf(at * unit)) - float(theirs.cdf(at))) < 1e-6


@few
@given(cases(largest_n=4, largest_p=4), st.floats(-8, 8))
def test_rows_left_out(case: Case, decades: float) -> None:
    check_path(case, 10.0**decades)


@pytest.mark.slow
@more
@given(cases(largest_n=7, largest_p=6), st.floats(-8, 8))
def test_more_rows_left_out(case: Case, decades: float) -> None:
    check_path(case, 10.0**decades)


exponents = st.one_of(st.integers(-6, 6), st.integers(-60, 60))


@pytest.mark.slow
@few
@given(cases(largest_n=4, largest_p=4), exponents, exponents, st.integers(-12, 12))
def test_unknown_scales_in_other_units(
    case: Case, of_y: int, of_X: int, of_weights: int
) -> None:
    check_units(case, of_y, of_X, of_weights)
