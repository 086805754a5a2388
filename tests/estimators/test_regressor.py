"""L2Regressor against textbook formulas, a Gaussian process, and a grid over scales."""

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp, ndtr
from scipy.stats import norm
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct

from bayes_l2 import (
    L2Regressor,
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    likelihoods,
    priors,
)

RNG = np.random.default_rng(20)
X = RNG.normal([3.0, -1.0, 0.0], [1.0, 2.0, 0.5], (14, 3))
Y = 5 + X @ [1.0, -0.5, 2.0] + RNG.normal(0, 0.7, 14)
NEW = RNG.normal(0, 3, (6, 3))
WEIGHTS = np.array([0, 1, 2, 3, 1, 1, 2, 1, 1, 4, 1, 0, 2, 1.0])


def textbook(
    noise_sd: float, prior_sd: float, *, intercept: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and covariance of [a, b], and mean and variance of new rows."""
    ones = [np.ones((len(X), 1))] * intercept
    rows = np.hstack([*ones, X])
    new = np.hstack([*[np.ones((len(NEW), 1))] * intercept, NEW])
    precision = rows.T @ rows / noise_sd**2
    precision += np.diag([0.0] * intercept + [prior_sd**-2] * 3)
    cov = np.linalg.inv(precision)
    mean = cov @ rows.T @ Y / noise_sd**2
    return mean, cov, new @ mean, np.diag(new @ cov @ new.T) + noise_sd**2


def grid() -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Return weights and scales of a grid, with the priors of the class docstring."""
    sd_y = Y.std(ddof=1)
    sd_x = np.sqrt(X.var(axis=0, ddof=1).sum())
    noise = priors.HalfStudentT(3, 1.5 * sd_y)
    spread = priors.HalfStudentT(3, 1.5 * sd_y / sd_x)
    # n - 1 contrasts of y do not know the intercept
    contrasts = np.linalg.svd(np.ones((1, len(Y))))[2][1:]
    y, rows = contrasts @ Y, contrasts @ X
    values, axes = np.linalg.eigh(rows @ rows.T)
    t, u = np.meshgrid(np.linspace(-3, 4, 71), np.linspace(-10, 8, 121))
    sigma, tau = np.exp(t.ravel()), np.exp(u.ravel())
    variances = sigma[:, np.newaxis] ** 2 + np.outer(tau**2, values)
    logs = norm.logpdf(axes.T @ y, scale=np.sqrt(variances)).sum(axis=1)
    logs += noise.log_density(sigma) + spread.log_density(tau) + t.ravel() + u.ravel()
    weights = np.exp(logs - logsumexp(logs))
    kept = weights > 1e-12
    return weights[kept], list(zip(sigma[kept], tau[kept], strict=True))


@pytest.mark.parametrize("intercept", [True, False])
def test_known_scales_are_the_textbook(intercept: bool) -> None:
    found = L2Regressor(0.7, 1.5, fit_intercept=intercept).fit(X, Y)
    mean, cov, predicted, variance = textbook(0.7, 1.5, intercept=intercept)
    first = int(intercept)
    assert found.coef_ == pytest.approx(mean[first:], rel=1e-10)
    assert found.coef_sd_ == pytest.approx(np.sqrt(np.diag(cov))[first:], rel=1e-10)
    assert found.intercept_ == pytest.approx(mean[0] if intercept else 0.0, rel=1e-10)
    ours, sd = found.predict(NEW, return_std=True)
    assert ours == pytest.approx(predicted, rel=1e-10)
    assert found.predict(NEW) == pytest.approx(predicted, rel=1e-10)
    assert sd == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert found.penalty_ == pytest.approx((0.7 / 1.5) ** 2)


def test_known_scales_are_a_gaussian_process() -> None:
    # a wide constant in the place of a flat intercept
    kernel = 1.5**2 * DotProduct(0.0, "fixed") + ConstantKernel(1e7, "fixed")
    no: Any = None
    process = GaussianProcessRegressor(kernel, alpha=0.7**2, optimizer=no).fit(X, Y)
    theirs, line_sd = process.predict(NEW, return_std=True)
    ours, sd = L2Regressor(0.7, 1.5).fit(X, Y).predict(NEW, return_std=True)
    assert ours == pytest.approx(theirs, abs=1e-5)
    assert sd == pytest.approx(np.hypot(line_sd, 0.7), rel=1e-5)


@pytest.mark.parametrize(
    "sds", [[0.5, np.inf, 2.0], {"c": 2.0, "a": 0.5, "b": np.inf}], ids=["list", "dict"]
)
def test_each_column_may_have_its_prior_sd(sds: Any) -> None:
    table, new = (pd.DataFrame(each, columns=["a", "b", "c"]) for each in (X, NEW))
    found = L2Regressor(0.7, sds).fit(table, Y)
    rows = np.column_stack([np.ones(14), X])
    precision = rows.T @ rows / 0.7**2 + np.diag([0.0, 0.5**-2, 0.0, 2.0**-2])
    mean = np.linalg.solve(precision, rows.T @ Y) / 0.7**2
    assert found.coef_ == pytest.approx(mean[1:], rel=1e-10)
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    assert found.coef_sd_ == pytest.approx(sd[1:], rel=1e-10)
    assert "L2Regressor" in found._repr_html_()
    unknown = L2Regressor("unknown", sds).fit(table, Y)
    assert (unknown.predict(new, return_std=True)[1] > 0.3).all()
    with pytest.raises(ValueError, match="prior"):
        L2Regressor(0.7, [0.5, 2.0]).fit(X, Y)


def test_unknown_scales_are_a_sum_over_a_grid() -> None:
    weights, scales = grid()
    found = L2Regressor().fit(X, Y)
    parts = [textbook(*each) for each in scales]
    means = np.array([predicted for *_, predicted, _ in parts])
    variances = np.array([variance for *_, variance in parts])
    mean = weights @ means
    sd = np.sqrt(weights @ (variances + (means - mean) ** 2))
    ours = found.predict(NEW, return_std=True)
    assert ours[0] == pytest.approx(mean, abs=1e-5 * sd.min())
    assert ours[1] == pytest.approx(sd, rel=1e-5)
    ends = found.predict_interval(NEW, coverage=0.8)
    for end, level in zip(ends.T, (0.1, 0.9), strict=True):
        below = weights @ ndtr((end - means) / np.sqrt(variances))
        assert below == pytest.approx(level, abs=1e-5)
    coefs = weights @ np.array([each[0] for each in parts])
    assert np.append(found.intercept_, found.coef_) == pytest.approx(coefs, rel=1e-5)
    ratios = np.array([(sigma / tau) ** 2 for sigma, tau in scales])
    assert weights @ (ratios < found.penalty_) == pytest.approx(0.5, abs=0.02)


def test_draws_have_the_predictive_mean_and_sd_and_are_joint() -> None:
    found = L2Regressor().fit(X, Y)
    draws = found.sample_y(NEW, 40_000, random_state=1)
    mean, sd = found.predict(NEW, return_std=True)
    assert draws.shape == (6, 40_000)
    assert np.abs(draws.mean(axis=1) - mean).max() < 6 * sd.max() / 200
    assert draws.std(axis=1) == pytest.approx(sd, rel=0.05)
    same = found.sample_y(np.repeat(NEW[:1], 2, axis=0), 40_000, random_state=1)
    line = sd[0] ** 2 - (found.posterior_.sample(2, 40_000)[:, 4] ** 2).mean()
    assert np.cov(same)[0, 1] == pytest.approx(line, rel=0.1)
    again = found.sample_y(NEW, 3, random_state=np.random.RandomState(5))
    twice = found.sample_y(NEW, 3, random_state=np.random.RandomState(5))
    assert (again == twice).all()


@pytest.mark.parametrize(
    ("options", "weights"),
    [({}, None), ({"choose": "gcv"}, None), ({"noise_sd": 0.7}, WEIGHTS + 0.5)],
    ids=["unknown", "chosen", "weighted"],
)
def test_parts_are_the_whole(options: dict[str, Any], weights: Any) -> None:
    whole = L2Regressor(**options).fit(X, Y, weights)
    parts = L2Regressor(**options)
    for rows in (slice(8), slice(8, None)):
        some = None if weights is None else weights[rows]
        parts.partial_fit(X[rows], Y[rows], some)
    sd = whole.coef_sd_
    # a criterion is known where it is largest to the root of its rounding
    digits = 1e-6 if "choose" in options else 1e-12
    assert np.abs(parts.coef_ - whole.coef_).max() < digits * sd.min()
    assert parts.coef_sd_ == pytest.approx(sd, rel=10 * digits)
    assert parts.intercept_ == pytest.approx(whole.intercept_, rel=digits)


def test_a_weight_is_a_number_of_rows() -> None:
    weighted = L2Regressor().fit(X, Y, WEIGHTS)
    times = WEIGHTS.astype(int)
    repeated = L2Regressor().fit(np.repeat(X, times, 0), np.repeat(Y, times))
    assert weighted.coef_ == pytest.approx(repeated.coef_, rel=1e-10)
    assert weighted.coef_sd_ == pytest.approx(repeated.coef_sd_, rel=1e-10)
    evidences = [each.posterior_.log_evidence for each in (weighted, repeated)]
    assert evidences[0] == pytest.approx(evidences[1], rel=1e-10)


@pytest.mark.parametrize("intercept", [True, False])
def test_the_fit_follows_the_units(intercept: bool) -> None:
    """The priors of unknown scales are in units of the data."""
    first = L2Regressor(fit_intercept=intercept).fit(X, Y)
    other = L2Regressor(fit_intercept=intercept).fit(1e3 * X, 1e-5 * Y)
    assert other.coef_ == pytest.approx(1e-8 * first.coef_, rel=1e-9)
    _, sd = first.predict(NEW, return_std=True)
    assert other.predict(1e3 * NEW, return_std=True)[1] == pytest.approx(
        1e-5 * sd, rel=1e-9
    )


def test_a_y_that_the_columns_fit_has_the_noise_of_rounding() -> None:
    exact = L2Regressor().fit(X, 2 + X @ [1.0, 2.0, 3.0])
    assert exact.coef_ == pytest.approx([1.0, 2.0, 3.0], abs=1e-9)
    assert 0 < exact.predict(NEW, return_std=True)[1].max() < 1e-9
    constant = L2Regressor().fit(X, np.full(14, 7.0))
    assert constant.predict(NEW) == pytest.approx(7.0, abs=1e-9)
    chosen = L2Regressor(choose="evidence").fit(X, 2 + X @ [1.0, 2.0, 3.0])
    assert chosen.coef_ == pytest.approx([1.0, 2.0, 3.0], abs=1e-9)
    wide = L2Regressor().fit(X[:3], Y[:3])  # as many coefficients as rows: not fitted
    assert wide.predict(X[:3], return_std=True)[1].min() > 0.1 * Y[:3].std()


@pytest.mark.parametrize("by", ["evidence", "loo", "gcv", "cv", "hierarchical"])
def test_a_criterion_fixes_the_scales_as_choose_penalty_does(by: Any) -> None:
    noise, spread = priors.HalfNormal(2), priors.HalfCauchy(1)
    found = L2Regressor(noise, spread, choose=by).fit(X, Y)
    likelihood, prior = likelihoods.Normal(noise), priors.Normal(spread)
    choice = choose_penalty(
        LinearModel(X, Y, likelihood=likelihood, prior=prior), by=by
    )
    assert found.penalty_ == pytest.approx(choice.penalty, rel=1e-6)
    assert found.model_.likelihood.noise.value == pytest.approx(
        choice.model.likelihood.noise.value, rel=1e-6
    )


def test_a_pickle_has_the_posterior_and_no_rows() -> None:
    many = np.tile(X, (4000, 1))
    for found in (L2Regressor(), L2Regressor(0.7, 1.5)):
        found.fit(many, np.tile(Y, 4000))
        dump = pickle.dumps(found)
        assert len(dump) < many.nbytes / 2
        again = pickle.loads(dump)
        for ours, theirs in zip(
            found.predict(NEW, return_std=True),
            again.predict(NEW, return_std=True),
            strict=True,
        ):
            assert (ours == theirs).all()
        assert (found.predict_interval(NEW) == again.predict_interval(NEW)).all()
    assert again.partial_fit(X, Y).model_.n_rows == found.model_.n_rows + 14


def refusal(call: Any, error: type[Exception] = ValueError) -> str:
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_bad_arguments_are_one_line() -> None:
    def fit(**options: Any) -> Any:
        return lambda: L2Regressor(**options).fit(X, Y)

    assert "noise_sd must be 'unknown', a positive number, or a prior" in refusal(
        fit(noise_sd="unknow")
    )
    assert "noise_sd must be" in refusal(fit(noise_sd=np.ones(3)))
    assert "noise_sd must be positive and finite, got -1" in refusal(fit(noise_sd=-1))
    assert "prior_sd must be" in refusal(fit(prior_sd=None))
    assert "fit_intercept must be True or False" in refusal(fit(fit_intercept="no"))
    assert "choose must be one of evidence, loo" in refusal(fit(choose="aic"))
    assert "prior_sd must be 'unknown' or a prior, got 2" in refusal(
        fit(prior_sd=2, choose="gcv")
    )
    found: Any = L2Regressor(0.7, 1.5).fit(X, Y)
    assert "coverage must be between 0 and 1, got 90" in refusal(
        lambda: found.predict_interval(X, coverage=90)
    )
    assert "return_std must be" in refusal(lambda: found.predict(X, return_std="yes"))
    assert "X has 2 features" in refusal(lambda: found.predict(X[:, :2]))
    for method in ("predict", "predict_interval", "sample_y"):
        text = refusal(
            lambda method=method: getattr(L2Regressor(), method)(X), NotFittedError
        )
        assert "L2Regressor instance is not fitted yet" in text
    with pytest.raises(NotFittedError):
        _ = L2Regressor().penalty_


def test_partial_fit_refuses_other_parameters_and_columns() -> None:
    found = L2Regressor(0.7, 1.5).fit(X, Y)
    text = refusal(lambda: found.set_params(noise_sd=2.0).partial_fit(X, Y))
    assert "partial_fit needs the noise_sd of the fit before, 0.7, got 2.0" in text
    found = L2Regressor(0.7, 1.5).fit(X, Y)
    assert "X has 2 features" in refusal(lambda: found.partial_fit(X[:, :2], Y))
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    found = L2Regressor(0.7, 1.5).fit(table, Y)
    with pytest.raises(ValueError, match="feature names should match"):
        found.partial_fit(table.rename(columns={"a": "z"}), Y)
    by_rows = L2Regressor(choose="loo").fit(X, Y)
    assert "partial_fit cannot choose by 'loo'" in refusal(
        lambda: by_rows.partial_fit(X, Y)
    )


def test_statistics_of_weights_that_count_go_to_a_file_if_they_count_whole_rows(
    tmp_path: Path,
) -> None:
    known = L2Regressor(noise_sd=1.0, prior_sd=1.0)
    whole = known.fit(X, Y, sample_weight=np.full(14, 2.0)).model_
    whole.statistics.save(tmp_path / "whole.npz")
    again = SufficientStatistics.load(tmp_path / "whole.npz")
    assert again.n_rows == 28
    parts = known.fit(X, Y, sample_weight=np.full(14, 0.3)).model_
    with pytest.raises(ValueError, match=r"n_rows must be a whole number .* got 4\.2"):
        parts.statistics.save(tmp_path / "parts.npz")
    assert not (tmp_path / "parts.npz").exists()


def test_weights_that_count_keep_what_the_rounding_of_a_mean_lost() -> None:
    """One mean and its rest are the mean of the rows by fractions."""
    rows = 1e9 + X[:, :1]
    weights = WEIGHTS + 0.25
    model = L2Regressor(noise_sd=1.0, prior_sd=1.0).fit(rows, Y, weights).model_
    pairs = [
        (Fraction(w), Fraction(x))
        for w, x in zip(weights.tolist(), rows[:, 0].tolist(), strict=True)
    ]
    exact = sum(w * x for w, x in pairs) / sum(w for w, _ in pairs)
    statistics: Any = model.statistics
    found = Fraction(float(statistics.mean[0])) + Fraction(float(statistics._lost[0]))
    assert abs(float(found - exact)) < 1e-14
