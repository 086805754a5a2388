"""Odd data that are not bad: a constant column, one row, more columns than rows."""

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    compare,
    fit_exact,
    likelihoods,
    priors,
)
from tests.bad_input.three_rows import build

ODD_BUT_FINE = {
    "constant column": pd.DataFrame({"a": [1.0, 2.0, 4.0], "c": [5.0, 5.0, 5.0]}),
    "column of zeros": pd.DataFrame({"a": [1.0, 2.0, 4.0], "c": [0.0, 0.0, 0.0]}),
    "duplicate columns": pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [1.0, 2.0, 4.0]}),
    "one row": pd.DataFrame({"a": [1.0], "b": [2.0]}),
    "more columns than rows": pd.DataFrame(np.arange(12.0).reshape(2, 6) ** 2),
    "one feature": pd.DataFrame({"a": [1.0, 2.0, 4.0]}),
}


@pytest.mark.parametrize("draws", [400, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", ODD_BUT_FINE)
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.usefixtures("few_draws")
def test_odd_data_work_by_every_route(case: str, intercept: bool, draws: int) -> None:
    frame = ODD_BUT_FINE[case]
    model = build(X=frame, y=np.arange(len(frame)) + 1.0, intercept=intercept)
    comparison = compare(model, draws=draws, tune=400, seed=1, progress=False)
    assert comparison.passed, [check for check in comparison.checks if not check.passed]
    assert all(check.passed for check in comparison.checks)


@pytest.mark.parametrize("case", ODD_BUT_FINE)
@pytest.mark.parametrize("intercept", [True, False])
def test_odd_data_work_with_unknown_scales(case: str, intercept: bool) -> None:
    frame = ODD_BUT_FINE[case]
    model = build(
        X=frame,
        y=np.arange(len(frame)) + 1.0,
        intercept=intercept,
        likelihood=likelihoods.Normal(priors.InverseGamma(2.0, 1.0)),
        prior=priors.Normal(priors.HalfNormal(1.0)),
    )
    comparison = compare(model, routes=["exact"])
    assert comparison.checks[0].passed
    assert comparison.exact is not None
    assert np.isfinite(comparison.exact.sd).all()


def test_coefficients_without_data_keep_their_prior() -> None:
    posterior = fit_exact(
        build(X=ODD_BUT_FINE["constant column"], prior=priors.Normal(3.0))
    )
    assert posterior.coef[1] == pytest.approx(0, abs=1e-15)
    assert posterior.sd[2] == pytest.approx(3, rel=1e-14)
    both = fit_exact(
        build(X=ODD_BUT_FINE["duplicate columns"], prior=priors.Normal(3.0))
    )
    assert both.coef[0] == pytest.approx(both.coef[1], rel=1e-12)
