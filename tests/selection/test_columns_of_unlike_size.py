"""Columns that differ much in size, under one prior sd for all coefficients.

The oracle has the normal equations in many digits. Errors are in posterior sds.
"""

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, penalty_path, priors
from tests.differences import difference
from tests.many_digits import mp, posterior
from tests.strategies import Case


def case_of(n: int, p: int, seed: int, *, decades: int, copies: bool = False) -> Case:
    rng = np.random.default_rng([seed, n, p])
    Z, sizes = rng.standard_normal((n, p)), 10.0 ** rng.integers(-decades, decades, p)
    if copies:
        Z[:, -1], sizes[-1] = Z[:, 0], sizes[0]
    y = Z.sum(axis=1) + 0.5 * rng.standard_normal(n)
    return Case(Z * sizes, y, None, 0.5, np.ones(p), intercept=bool(seed % 2))


SHAPES = pytest.mark.parametrize(("n", "p"), [(3, 6), (30, 4), (6, 6), (8, 24)])


@SHAPES
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rows", [True, False])
def test_ridge_solutions_keep_their_digits(
    n: int, p: int, seed: int, rows: bool
) -> None:
    case = case_of(n, p, seed, decades=15)
    model, truth = case.model, posterior(case)
    if not rows:
        model = LinearModel.from_statistics(model.statistics, **case.terms)
    path = penalty_path(model, [0.25])
    point = model.join(path.intercept[0], path.coef[0])
    assert difference(point, truth.mean, truth.sd) < 1e-10
    assert abs(path.log_evidence[0] - float(truth.log_evidence)) < 1e-9


@SHAPES
def test_a_copy_of_a_column_shares_its_coefficient(n: int, p: int) -> None:
    case = case_of(n, p, 1, decades=15, copies=True)
    truth, path = posterior(case), penalty_path(case.model, [0.25])
    point = case.model.join(path.intercept[0], path.coef[0])
    assert difference(point, truth.mean, truth.sd) < 1e-10


@pytest.mark.parametrize(("n", "p", "seed"), [(8, 10, 2), (6, 8, 0)])
def test_folds_of_one_row_keep_small_columns(n: int, p: int, seed: int) -> None:
    """Row i is missed by (C⁻¹ y)_i / (C⁻¹)_ii, for C = XX' and the penalty."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * 10.0 ** rng.permutation(np.linspace(0, 12, p))
    y, penalty = rng.standard_normal(n), 1e-22
    noise, prior = likelihoods.Normal(1.0), priors.Normal(1.0)
    model = LinearModel(X, y, likelihood=noise, prior=prior, intercept=False)
    with mp.workdps(120):
        rows = mp.matrix(X.tolist())
        inverse = (rows * rows.T + penalty * mp.eye(n)) ** -1
        missed = inverse * mp.matrix(y.tolist())
        error = sum((missed[i] / inverse[i, i]) ** 2 for i in range(n)) / n
    found = penalty_path(model, [penalty], folds=n).cv_error
    assert found == pytest.approx([float(error)], rel=1e-11)


@pytest.mark.parametrize("ratio", [1e6, 1e12, 1e18])
def test_a_posterior_over_the_prior_sd_keeps_small_columns(ratio: float) -> None:
    # an average of exact posteriors, each with its own prior sd
    rng = np.random.default_rng(1)
    Z = rng.standard_normal((20, 3))
    y = Z.sum(axis=1) + 0.5 * rng.standard_normal(20)
    rows, noise = (Z * [1.0, ratio, 1.0], y), likelihoods.Normal(0.5)
    spread = priors.HalfNormal(1.0)
    found = fit_exact(LinearModel(*rows, likelihood=noise, prior=priors.Normal(spread)))
    log_sds = np.linspace(-12, 3, 200)
    parts = [
        fit_exact(LinearModel(*rows, likelihood=noise, prior=priors.Normal(sd)))
        for sd in np.exp(log_sds)
    ]
    evidence = np.array([part.log_evidence for part in parts])
    logs = evidence + spread.log_density(np.exp(log_sds)) + log_sds
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    means = np.array([part.mean for part in parts])
    squares = np.array([part.sd**2 for part in parts])
    mean = shares @ means
    sd = np.sqrt(shares @ (squares + (means - mean) ** 2))
    assert np.abs((found.mean[:-1] - mean) / sd).max() < 1e-6
    np.testing.assert_allclose(found.sd[:-1], sd, rtol=1e-6)


def test_a_constant_column_beside_small_ones_keeps_its_prior() -> None:
    # its mean is no double, so that centring leaves rounding of 1e-17
    rng = np.random.default_rng(0)
    X = rng.standard_normal((7, 3)) * [1e-12, 1.0, 1e6]
    X[:, 1] = 0.1
    path = penalty_path(
        LinearModel(
            X, X[:, 0], likelihood=likelihoods.Normal(1e-13), prior=priors.Normal(1.0)
        ),
        [1e-26],
    )
    assert abs(path.coef[0, 1]) < 1e-12  # prior sds
    assert path.coef[0, 0] == pytest.approx(1.0, abs=0.5)


@pytest.mark.parametrize("exponent", [-135, -20, 20, 80])
def test_one_column_far_from_the_others(exponent: int) -> None:
    """Products of its unit with itself are beyond doubles, or it says nothing."""
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((4, 3))
    X, y = Z * [1.0, 1.0, 10.0**exponent], 1e6 * rng.standard_normal(4)
    case = Case(X, y, None, 1.0, np.ones(3), intercept=False)
    truth = posterior(case)
    for model in (
        case.model,
        LinearModel.from_statistics(case.model.statistics, **case.terms),
    ):
        path = penalty_path(model, [1.0])
        point = model.join(path.intercept[0], path.coef[0])
        assert difference(point, truth.mean, truth.sd) < 1e-9


def test_a_column_that_says_nothing_takes_nothing_of_a_loud_response() -> None:
    # beside a column of zeros, so that the factor is wider than high
    X = np.array([[0.126, 0.0, 1.3], [-0.132, 0.0, 0.947], [0.640, 0.0, -0.704]])
    X[:, 2] *= 1e-135
    case = Case(X, 1e6 * X[:, 0], None, 1.0, np.ones(3), intercept=False)
    truth, path = posterior(case), penalty_path(case.model, [1.0])
    assert difference(path.coef[0], truth.mean, truth.sd) < 1e-9
