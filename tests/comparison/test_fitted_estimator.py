"""A comparison of a fitted estimator: its first check is whether that is the MAP."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import linear_model as sk

from bayes_l2 import compare, fit_exact, likelihoods, load, model_of, priors
from bayes_l2.comparison.check import Check, Remedy
from bayes_l2.model.linear_model import LinearModel

CLAIM = "the estimator you fitted is the MAP"
POINTS = ["penalised", "map"]
RNG = np.random.default_rng(4)
X = RNG.standard_normal((50, 3))
Y = 2.0 + X @ [1.0, 0.0, -1.0] + RNG.standard_normal(50)
LABELS = Y > 2.0


def first_check(estimator: Any, y: Any = Y, **options: Any) -> Check:
    return compare(estimator, X, y, routes=POINTS, **options).checks[0]


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (sk.Ridge(2.0), Y),
        (sk.Lasso(0.1, tol=1e-10), Y),
        (sk.LogisticRegression(tol=1e-8), LABELS),
    ],
)
def test_the_first_check_passes_for_the_map(estimator: Any, y: Any) -> None:
    comparison = compare(estimator.fit(X, y), X, y, routes=POINTS)
    check = comparison.checks[0]
    assert check.claim == CLAIM
    assert check.passed
    assert check.statistic is not None
    assert check.statistic < 1e-5
    assert comparison.passed
    assert [each.claim for each in comparison.checks].count(CLAIM) == 1


def test_a_model_of_ones_own_has_no_such_check() -> None:
    model = LinearModel(
        X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    claims = [each.claim for each in compare(model, routes=["map"]).checks]
    assert CLAIM not in claims


def test_an_estimator_off_the_map_fails_by_its_distance() -> None:
    """One coefficient is moved by a tenth of its posterior sd given the others."""
    ridge = sk.Ridge(2.0).fit(X, Y)
    posterior = fit_exact(model_of(ridge, X, Y))
    precision = np.linalg.inv(posterior.location.cov)
    ridge.coef_[1] += 0.1 / np.sqrt(precision[2, 2])
    # the noise sd is worked out again from the coefficients that are there
    check = first_check(ridge, noise_sd=model_noise(ridge))
    assert check.passed is False
    assert check.statistic == pytest.approx(0.1, rel=1e-2)
    assert check.remedy is Remedy.SMALLER_TOLERANCE


def model_noise(estimator: Any) -> float:
    return model_of(estimator, X, Y).likelihood.sd


def test_a_solver_that_stops_early_fails() -> None:
    with pytest.warns(match="did not converge|max_iter|lbfgs failed"):
        early = sk.LogisticRegression(max_iter=1).fit(X, LABELS)
    comparison = compare(early, X, LABELS, routes=POINTS)
    assert not comparison.passed
    assert comparison.checks[0].passed is False
    text = str(comparison)
    assert "from the MAP" in text
    assert "smaller tol" in " ".join(text.split())


def test_weights_that_were_forgotten_are_noticed() -> None:
    weights = RNG.uniform(0.1, 3.0, 50)
    ridge = sk.Ridge(2.0).fit(X, Y, sample_weight=weights)
    assert first_check(ridge, sample_weight=weights).passed
    assert first_check(ridge).passed is False


def test_the_report_says_how_the_model_was_read() -> None:
    ridge = sk.Ridge(2.0).fit(X, Y)
    comparison = compare(ridge, X, Y, routes=POINTS)
    text = " ".join(str(comparison).split())
    assert "fitted estimator Ridge" in text
    assert "alpha = 2 is the prior sd" in text
    assert "has the highest evidence given the penalty" in text
    given = compare(ridge, X, Y, routes=POINTS, noise_sd=1.5)
    assert "noise_sd = 1.5 was given" in str(given)
    assert given.to_dict()["model"]["estimator"].startswith("Ridge, alpha = 2")
    assert "Ridge" in given._repr_html_()


def test_the_origin_is_kept_in_a_file(tmp_path: Path) -> None:
    ridge = sk.Ridge(2.0).fit(X, Y)
    comparison = compare(ridge, X, Y, routes=POINTS)
    comparison.save(tmp_path / "ridge.nc")
    again = load(tmp_path / "ridge.nc")
    assert again.checks[0] == comparison.checks[0]
    assert str(again) == str(comparison)


def test_an_estimator_needs_its_rows() -> None:
    ridge = sk.Ridge(2.0).fit(X, Y)
    with pytest.raises(ValueError, match="with its X and y after it, got Ridge"):
        compare(ridge)
    with pytest.raises(ValueError, match=r"got Ridge.* with X"):
        compare(ridge, X)
    with pytest.raises(ValueError, match="X and y must be left out beside a Linear"):
        compare(model_of(ridge, X, Y), X, Y)
    with pytest.raises(ValueError, match="noise_sd must be left out"):
        compare(model_of(ridge, X, Y), noise_sd=1.0)
