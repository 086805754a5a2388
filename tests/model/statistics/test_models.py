"""Models of statistics: all that their rows would give, or a way out by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    Comparison,
    LinearModel,
    SufficientStatistics,
    choose_penalty,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    load,
    penalty_in,
    penalty_path,
    prior_predictive,
    priors,
    pymc_program,
)

RNG = np.random.default_rng(3)
X = RNG.standard_normal((120, 3)) * [1.0, 5.0, 0.2] + [1e4, 0.0, -3.0]
Y = X @ [1.0, -0.3, 2.0] + RNG.standard_normal(120)
WEIGHTS = RNG.uniform(0.3, 2.0, 120)
Normal = likelihoods.Normal
TERMS: dict[str, tuple[Any, Any]] = {
    "known": (Normal(1.1), priors.Normal(0.8)),
    "prior mean": (Normal(1.1), priors.Normal(0.8, mean=[0.2, 0.0, 1.0])),
    "noise": (Normal(priors.HalfNormal(2)), priors.Normal(0.8)),
    "prior sd": (Normal(1.1), priors.Normal(priors.InverseGamma(2, 1))),
    "both": (
        Normal(priors.FlatLogScale()),
        priors.Normal(priors.HalfStudentT(4, 1.0)),
    ),
    "relative": (
        Normal(priors.FlatLogScale()),
        priors.Normal(0.8, relative_to_noise=True),
    ),
    "flat": (Normal(1.1), priors.Flat()),
    "flat and noise": (Normal(priors.FlatLogScale()), priors.Flat()),
    "L1": (Normal(1.1), priors.Laplace(0.5)),
    "L1 and L2": (Normal(1.1), priors.ElasticNet(0.5, 0.8)),
}
RIDGE = ("known", "relative", "flat", "flat and noise")
CONJUGATE = [name for name in TERMS if not name.startswith("L1")]


def models(
    name: str, weights: Any = None, intercept: bool = True
) -> tuple[LinearModel, LinearModel]:
    """Return the model of the rows, and that of their statistics."""
    likelihood, prior = TERMS[name]
    terms: Any = {"likelihood": likelihood, "prior": prior, "intercept": intercept}
    statistics = SufficientStatistics.from_rows(X, Y, weights)
    return (
        LinearModel(X, Y, weights=weights, **terms),
        LinearModel.from_statistics(statistics, **terms),
    )


def require_same_points(found: Any, wanted: Any, sds: Any, tolerance: float) -> None:
    np.testing.assert_allclose(
        (found.coef - wanted.coef) / sds, np.zeros(3), atol=tolerance
    )
    for scale in ("noise_sd", "prior_sd"):
        expected = pytest.approx(getattr(wanted, scale), rel=1e-6, nan_ok=True)
        assert getattr(found, scale) == expected


@pytest.mark.parametrize("name", CONJUGATE)
def test_the_exact_posterior_is_that_of_the_rows(name: str) -> None:
    of_rows, gone = map(fit_exact, models(name, WEIGHTS))
    scale = of_rows.sd
    np.testing.assert_allclose(gone.mean / scale, of_rows.mean / scale, atol=1e-9)
    np.testing.assert_allclose(gone.sd, of_rows.sd, rtol=1e-9)
    if not TERMS[name][1].is_flat:
        assert gone.log_evidence == pytest.approx(of_rows.log_evidence, abs=1e-9)
    mean, sd = gone.predict(X[:4], return_sd=True)
    expected = of_rows.predict(X[:4], return_sd=True)
    np.testing.assert_allclose(mean, expected[0], atol=1e-8)
    np.testing.assert_allclose(sd, expected[1], rtol=1e-9)


@pytest.mark.parametrize("density", ["sd", "log_sd", "variance", "marginal"])
@pytest.mark.parametrize("name", TERMS)
def test_the_map_is_that_of_the_rows(name: str, density: Any) -> None:
    model, gone = models(name)
    sds = 1.1 / np.linalg.norm(X - X.mean(axis=0), axis=0)
    if name == "both":
        for each in (model, gone):
            with pytest.raises(ValueError, match="the density has no maximum"):
                fit_map(each, density=density)
        return
    wanted = fit_map(model, density=density)
    require_same_points(fit_map(gone, density=density), wanted, sds, 1e-6)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
@pytest.mark.parametrize("name", [*RIDGE, "L1", "L1 and L2"])
def test_the_penalised_fit_is_that_of_the_rows(
    name: str, weights: Any, intercept: bool
) -> None:
    """Four or five rows have the objective of all 120."""
    model, gone = models(name, weights, intercept)
    fits = [fit_penalised, *[fit_ridge] * (name in RIDGE)]
    origin = X.mean(axis=0) if intercept else 0.0
    sds = 1.1 / np.linalg.norm(X - origin, axis=0)
    for fit in fits:
        wanted, found = fit(model), fit(gone)
        assert found.converged
        assert found.route == f"{wanted.route} on {5 - intercept} equivalent rows"
        require_same_points(found, wanted, sds, 1e-7)
        assert found.gradient_norm == pytest.approx(wanted.gradient_norm, abs=1e-7)
        # the intercept in units of the noise
        assert found.predict(X[:2]) == pytest.approx(wanted.predict(X[:2]), abs=1e-7)


def test_statistics_of_few_rows_are_fitted_too() -> None:
    for n_rows in (1, 2, 3):
        statistics = SufficientStatistics.from_rows(X[:n_rows], Y[:n_rows])
        likelihood, prior = TERMS["known"]
        model = LinearModel.from_statistics(
            statistics, likelihood=likelihood, prior=prior
        )
        exact, ridge = fit_exact(model), fit_ridge(model)
        np.testing.assert_allclose(ridge.coef, exact.coef, atol=1e-9)


def test_the_laplace_approximation_is_the_exact_posterior() -> None:
    _, gone = models("known", WEIGHTS)
    found, exact = fit_laplace(gone), fit_exact(gone)
    np.testing.assert_allclose(found.mean, exact.mean, rtol=1e-9)
    np.testing.assert_allclose(found.sd, exact.sd, rtol=1e-9)
    assert found.log_evidence == pytest.approx(exact.log_evidence, abs=1e-8)


@pytest.mark.parametrize(
    "name", [pytest.param("known", marks=pytest.mark.slow), "both", "L1"]
)
@pytest.mark.usefixtures("few_draws")
def test_all_routes_agree_on_statistics(name: str, tmp_path: Path) -> None:
    _, gone = models(name)
    comparison = compare(gone, seed=1, draws=400, tune=400)
    assert comparison.passed, comparison
    if name != "both":
        assert comparison.penalised is not None
        assert comparison.penalised.route.endswith(" on 4 equivalent rows")
        assert any("4 equivalent rows" in check.reason for check in comparison.checks)
    assert comparison.mcmc is not None
    assert "observed_data" not in comparison.mcmc.children
    comparison.save(tmp_path / "fit.nc")
    found: Comparison = load(tmp_path / "fit.nc")
    assert found.checks == comparison.checks
    assert found.to_dict() == comparison.to_dict()
    table = found.predict(X[:3])
    np.testing.assert_allclose(table["mean"], Y[:3], atol=5.0)
    comparison.plot()


@pytest.mark.parametrize("name", CONJUGATE)
def test_the_choice_of_a_penalty_is_that_of_the_rows(name: str) -> None:
    model, gone = models(name, WEIGHTS)
    path = penalty_path(gone)
    assert path.loo_error is None
    np.testing.assert_allclose(path.gcv, penalty_path(model, path.penalties).gcv)
    for by in ("evidence", "gcv"):
        wanted, found = choose_penalty(model, by=by), choose_penalty(gone, by=by)
        assert found.penalty == pytest.approx(wanted.penalty, rel=1e-6)
    if not TERMS[name][1].spread.is_known:
        by = "hierarchical"
        wanted, found = choose_penalty(model, by=by), choose_penalty(gone, by=by)
        assert found.penalty == pytest.approx(wanted.penalty, rel=1e-6)


def test_a_penalty_in_other_units_is_that_of_the_rows() -> None:
    model, gone = models("known", WEIGHTS)
    for convention in ("elastic-net", "prior-sd", "statsmodels-ols"):
        found = penalty_in(gone, convention).value
        assert found == pytest.approx(penalty_in(model, convention).value, rel=1e-12)
    assert gone.penalty == model.penalty


REFUSED: dict[str, tuple[Callable[[LinearModel], Any], str]] = {
    "engine='pymc' ": (lambda m: fit_mcmc(m, engine="pymc"), "use engine='nutpie'"),
    "engine='pymc'": (lambda m: fit_map(m, engine="pymc"), "use engine='scipy'"),
    "engine='pymc'  ": (lambda m: compare(m, engine="pymc"), "use engine='nutpie'"),
    "posterior_predictive": (
        lambda m: fit_mcmc(m, posterior_predictive=True),
        "use compare(model).predict(X) for new rows",
    ),
    "log_likelihood": (
        lambda m: fit_mcmc(m, log_likelihood=True),
        "compare models by their log_evidence",
    ),
    "pymc_program": (
        pymc_program,
        "use fit_map, or the program of a sample of the rows",
    ),
    "prior_predictive": (prior_predictive, "use a sample of the rows"),
    "choosing by loo": (
        lambda m: choose_penalty(m, by="loo"),
        "use by='evidence' or by='gcv', or by='cv' with folds=[statistics of each "
        "fold]",
    ),
    "choosing by cv": (
        lambda m: choose_penalty(m, by="cv"),
        "use by='evidence' or by='gcv', or by='cv' with folds=[statistics of each "
        "fold]",
    ),
    "folds=4": (
        lambda m: penalty_path(m, folds=4),
        "use folds=[statistics of each fold]",
    ),
}


@pytest.mark.parametrize("who", REFUSED)
def test_what_needs_rows_says_so_in_one_sentence(who: str) -> None:
    call, instead = REFUSED[who]
    with pytest.raises(ValueError, match="needs the rows") as caught:
        call(models("known")[1])
    assert str(caught.value) == (
        f"{who.strip()} needs the rows of X and y, and this model was made from their "
        f"statistics: {instead}"
    )


@pytest.mark.parametrize("offset", [2.0**20, 2.0**30])
def test_columns_far_from_zero_are_no_reason_to_refuse(offset: float) -> None:
    rng = np.random.default_rng(3)
    X = np.round(rng.normal(size=(2000, 3)) * 2**20) / 2**20  # offsets are exact
    far_away = np.array([offset, 0.0, 0.0])
    y = X @ [1.0, 2.0, -1.0] + rng.normal(size=2000)
    near, far = (
        fit_exact(
            LinearModel.from_statistics(
                SufficientStatistics.from_rows(rows, y),
                likelihood=likelihoods.Normal(0.01),
                prior=priors.Normal(3.0),
            )
        )
        for rows in (X, X + far_away)
    )
    sds = near.sd[1:]
    np.testing.assert_allclose(far.mean[1:], near.mean[1:], atol=1e-9 * sds.min())
    np.testing.assert_allclose(far.sd[1:], near.sd[1:], rtol=1e-12)
    # a line is known to the rounding of its terms
    row = np.array([[1.0, 1.0, 1.0]])
    at, there = near.predictive(row), far.predictive(row + far_away)
    rounding = 4 * np.finfo(float).eps * offset
    assert abs(at.mean() - there.mean()).item() <= rounding


def refusal(X: np.ndarray, y: np.ndarray, sd: float, prior: Any, **terms: Any) -> str:
    """Return why statistics have no exact posterior."""
    model = LinearModel.from_statistics(
        SufficientStatistics.from_rows(X, y),
        likelihood=Normal(sd),
        prior=prior,
        **terms,
    )
    with pytest.raises(ValueError, match="is not known to 1e-6 of its sds") as caught:
        fit_exact(model)
    return str(caught.value)


def test_a_prior_mean_far_from_the_slopes_costs_the_line_its_digits() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 1)) + 1e4
    y = X[:, 0] + rng.normal(size=100)
    # the prior puts y at 1e11, so rounding moves the line by 2e-4 of its sd
    said = refusal(X, y, 1.0, priors.Normal(1e7, mean=1e7))
    assert "means to 2e-04 of them" in said
    near = LinearModel.from_statistics(
        SufficientStatistics.from_rows(X, y),
        likelihood=Normal(1.0),
        prior=priors.Normal(1e7, mean=1.0),
    )
    assert abs(fit_exact(near).mean[1] - 1.0) < 0.5


@pytest.mark.parametrize(("apart", "is_refused"), [(1e-6, True), (1e-2, False)])
def test_near_copies_cost_the_slopes_their_digits(
    apart: float, is_refused: bool
) -> None:
    rng = np.random.default_rng(0)
    x, other, y = rng.normal(size=(3, 2000))
    X, y = np.column_stack([x, x + apart * other]), 1e3 * y
    if is_refused:
        said = refusal(X, y, 1.0, priors.Normal(1e9), intercept=False)
        assert "means to " in said
        return
    model = LinearModel.from_statistics(
        SufficientStatistics.from_rows(X, y),
        likelihood=Normal(1.0),
        prior=priors.Normal(1e9),
        intercept=False,
    )
    found, sds = fit_exact(model).mean, fit_exact(model).sd
    np.testing.assert_allclose(found, np.linalg.lstsq(X, y)[0], atol=1e-6 * sds.min())
