"""NUTS: the groups of its tree, the effect of a seed, and the draws left by Ctrl-C."""

import warnings
from dataclasses import replace
from typing import Any, cast

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from bayes_l2 import LinearModel, compare, fit_exact, fit_mcmc, likelihoods, priors
from bayes_l2.fits import draws_of_nutpie, mcmc
from tests.oracles import random_problem

SLOW = pytest.mark.slow
ENGINES = ("nutpie", pytest.param("pymc", marks=SLOW))
AMOUNTS = (400, pytest.param(1000, marks=SLOW))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_tree_holds_the_posterior_and_the_data(
    diabetes: LinearModel, engine: str, request: pytest.FixtureRequest
) -> None:
    tree: xr.DataTree = request.getfixturevalue(f"{engine}_draws")
    posterior = tree["posterior"].to_dataset()
    assert set(posterior.data_vars) == {"intercept", "coef"}
    assert posterior["coef"].dims == ("chain", "draw", "feature")
    draws = {"nutpie": 1000, "pymc": 400}[engine]
    assert dict(posterior.sizes) == {"chain": 4, "draw": draws, "feature": 10}
    assert list(posterior["feature"].to_numpy()) == list(diabetes.feature_names)
    assert "diverging" in tree["sample_stats"]
    assert not tree["sample_stats"].to_dataset()["diverging"].any()
    np.testing.assert_array_equal(tree["observed_data"]["y"], diabetes.y)
    assert tree["posterior_predictive"]["y"].shape == (4, draws, 442)


@pytest.mark.parametrize("engine", ENGINES)
def test_pointwise_log_likelihood(
    diabetes: LinearModel, engine: str, request: pytest.FixtureRequest
) -> None:
    tree: xr.DataTree = request.getfixturevalue(f"{engine}_draws")
    last = tree["posterior"].to_dataset().isel(chain=-1, draw=-1)
    X, _ = diabetes.rows("the test")
    eta = float(last["intercept"]) + X @ last["coef"].to_numpy()
    expected = stats.norm.logpdf(diabetes.y, eta, 54.0)
    difference = tree["log_likelihood"].to_dataset()["y"].to_numpy()[-1, -1] - expected
    # PyMC rounds log(2 pi) / 2 to single precision: an error of 6e-8 in every row
    np.testing.assert_allclose(difference, difference.mean(), atol=1e-12)
    assert abs(difference.mean()) < (1e-12 if engine == "nutpie" else 1e-7)


def exact_left_out(model: LinearModel) -> tuple[np.ndarray, np.ndarray]:
    """Return log p(y_i | all rows) and log p(y_i | all rows but i), by refits."""
    X, y = model.rows("the test")
    design = np.column_stack([np.ones(len(y)), X])
    belief = np.diag([0.0, *np.full(X.shape[1], float(model.prior.sd) ** -2)])
    precision, target = design.T @ design / 54**2 + belief, design.T @ y / 54**2
    found = []
    for row, value in zip(design, y, strict=True):
        for without in (0.0, 1.0):
            cov = np.linalg.inv(precision - without * np.outer(row, row) / 54**2)
            mean = cov @ (target - without * row * value / 54**2)
            sd = np.sqrt(54**2 + row @ cov @ row)
            found.append(stats.norm.logpdf(value, row @ mean, sd))
    return np.array(found[::2]), np.array(found[1::2])


def errors_of(values: np.ndarray) -> np.ndarray:
    """Return Monte-Carlo errors of averages over chains and draws, each over its mean.

    It is the error of the logarithm of the average.
    """
    drawn = xr.Dataset({"v": (("chain", "draw", "row"), values)})
    return az.mcse(drawn)["v"].to_numpy() / values.mean(axis=(0, 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_arviz_finds_the_exact_loo(
    diabetes: LinearModel, engine: str, request: pytest.FixtureRequest
) -> None:
    """Row by row and in sum, and not that of another prior sd."""
    tree = request.getfixturevalue(f"{engine}_draws")
    found = cast(Any, az.loo(tree, pointwise=True))
    by_row = found.elpd_i.to_numpy()
    within, without = exact_left_out(diabetes)
    densities = np.exp(tree["log_likelihood"]["y"].to_numpy())
    inverse, errors = 1 / densities, errors_of(1 / densities)
    # of 442 rows, two-sided: 442 * 2 * Phi(-7) = 1e-9
    assert np.abs((by_row - without) / errors).max() < 7
    # the sum's error is that of the sum of all relative errors, draw by draw
    of_loo = (inverse / inverse.mean(axis=(0, 1))).sum(axis=-1, keepdims=True)
    of_fit = (densities / densities.mean(axis=(0, 1))).sum(axis=-1, keepdims=True)
    elpd_error, p_error = 442 * errors_of(of_loo), 884 * errors_of(of_loo + of_fit)
    assert elpd_error < 0.2
    assert abs(found.elpd - without.sum()) < 6 * elpd_error
    assert abs(found.p - (within - without).sum()) < 6 * p_error
    for prior_sd in (10.0, 40.0):
        other = replace(diabetes, prior=priors.Normal(prior_sd))
        _, without = exact_left_out(other)
        assert np.abs((by_row - without) / errors).max() > 14


@pytest.mark.parametrize("engine", ENGINES)
def test_posterior_predictive_has_the_exact_moments(
    diabetes: LinearModel, engine: str, request: pytest.FixtureRequest
) -> None:
    draws = (
        request.getfixturevalue(f"{engine}_draws")["posterior_predictive"]["y"]
        .to_numpy()
        .reshape(-1, 442)
    )
    mean, sd = fit_exact(diabetes).predict(diabetes.X, return_sd=True)
    # nearly all of the spread is new noise, so the draws are nearly independent
    z_mean = (draws.mean(axis=0) - mean) / (sd / np.sqrt(len(draws)))
    z_sd = (draws.std(axis=0) / sd - 1) * np.sqrt(2 * len(draws))
    assert np.abs(z_mean).max() < 6.5
    assert np.abs(z_sd).max() < 6.5


def test_a_seed_repeats_the_draws() -> None:
    model = random_problem(1, 20, 3)
    first, again, other = (
        fit_mcmc(model, seed=seed, draws=50, tune=100, chains=2)["posterior"][
            "coef"
        ].to_numpy()
        for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("intercept", [True, False])
def test_a_posterior_a_million_sds_from_zero_is_found(intercept: bool) -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((50, 2))
    y = X @ [1.0, -2.0] + 1e-6 * rng.standard_normal(50)
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(1e-6),
        prior=priors.Normal(1.0),
        intercept=intercept,
    )
    comparison = compare(model, seed=1, progress=False)
    assert [check.passed for check in comparison.checks if "MCMC" in check.claim] == [
        True,
        True,
    ]
    assert comparison.exact is not None
    assert np.max(np.abs(comparison.exact.mean) / comparison.exact.sd) > 1e6


def test_models_without_intercept_or_rows() -> None:
    model = random_problem(2, 20, 3, intercept=False)
    gone = LinearModel.from_statistics(
        model.statistics,
        likelihood=model.likelihood,
        prior=model.prior,
        intercept=False,
    )
    tree = fit_mcmc(gone, seed=1, draws=50, tune=100, chains=2, progress=True)
    assert set(tree["posterior"].data_vars) == {"coef"}
    assert "observed_data" not in tree
    same = fit_mcmc(model, seed=1, draws=50, tune=100, chains=2)
    np.testing.assert_array_equal(tree["posterior"]["coef"], same["posterior"]["coef"])


@pytest.mark.parametrize(
    ("watched", "asked", "shown"),
    [(True, None, True), (False, None, False), (True, False, False)],
)
def test_progress_is_shown_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    watched: bool,
    asked: bool | None,
    shown: bool,
) -> None:
    # rich reads this variable
    monkeypatch.setenv("TTY_COMPATIBLE", "1" if watched else "0")
    fit_mcmc(random_problem(2, 20, 3), seed=1, draws=50, tune=100, progress=asked)
    captured = capsys.readouterr()
    assert ("100 %" in captured.err or "sampling" in captured.err) == shown
    assert captured.out == ""


def test_weighted_rows_in_predictions() -> None:
    model = random_problem(3, 20, 2, weighted=True)
    tree = fit_mcmc(
        model,
        seed=1,
        draws=2000,
        tune=500,
        chains=2,
        posterior_predictive=True,
        log_likelihood=True,
    )
    assert model.weights is not None
    last = tree["posterior"].to_dataset().isel(chain=-1, draw=-1)
    eta = float(last["intercept"]) + model.rows("the test")[0] @ last["coef"].to_numpy()
    expected_density = stats.norm.logpdf(model.y, eta, 1 / np.sqrt(model.weights))
    np.testing.assert_allclose(
        tree["log_likelihood"].to_dataset()["y"][-1, -1], expected_density, rtol=1e-10
    )
    _, line_sd = fit_exact(model).predict(
        model.X, return_sd=True, observation_noise=False
    )
    expected = np.sqrt(line_sd**2 + 1 / model.weights)
    ratio = (
        tree["posterior_predictive"]["y"].std(("chain", "draw")).to_numpy() / expected
    )
    assert np.abs(ratio - 1).max() < 6.5 / np.sqrt(2 * 4000 / 2)


def test_ctrl_c_returns_the_draws_of_nutpie(monkeypatch: pytest.MonkeyPatch) -> None:
    model, parts = random_problem(4, 20, 3), mcmc.nutpie_parts()

    class Interrupted:
        """A sampler interrupted by Ctrl-C after 10 draws."""

        def __init__(self, sampler: Any) -> None:
            self.sampler = sampler

        @property
        def is_finished(self) -> bool:
            # ArviZ warns of a chain of few draws
            with warnings.catch_warnings(action="ignore"):
                drawn = self.sampler.inspect()["sample_stats"].sizes["draw"]
            if drawn > 10:
                raise KeyboardInterrupt
            return False

        def abort(self) -> Any:
            return self.sampler.abort()

    def sample(*args: Any, **options: Any) -> Interrupted:
        return Interrupted(parts.sample(*args, **options))

    held = parts._replace(sample=sample)
    monkeypatch.setattr(mcmc, "nutpie_parts", lambda: held)
    with pytest.warns(
        UserWarning, match=r"sampling was interrupted: \d+ of 400000 draws are returned"
    ):
        tree = fit_mcmc(model, seed=1, draws=100_000, tune=100)
    posterior = tree["posterior"].to_dataset()
    assert 10 < posterior.sizes["draw"] < 100_000
    assert np.isfinite(posterior["coef"]).all()
    assert tree["sample_stats"].sizes["draw"] == posterior.sizes["draw"]


def test_ctrl_c_before_the_first_draw_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = mcmc.nutpie_parts()

    def at_once(*args: Any, **options: Any) -> Any:
        sampler = parts.sample(*args, **options)
        interrupted = property(lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        monkeypatch.setattr(type(sampler), "is_finished", interrupted)
        return sampler

    held = parts._replace(sample=at_once)
    monkeypatch.setattr(mcmc, "nutpie_parts", lambda: held)
    with pytest.raises(KeyboardInterrupt, match="before the first draw"):
        fit_mcmc(random_problem(4, 20, 3), seed=1, tune=1_000_000, draws=10)


@pytest.mark.parametrize(("stop_at", "drawn"), [(150, True), (50, False)])
@pytest.mark.usefixtures("interpreted")
def test_ctrl_c_returns_the_draws_of_pymc(
    monkeypatch: pytest.MonkeyPatch, stop_at: int, drawn: bool
) -> None:
    import pymc as pm

    real = pm.sample

    def interrupt(trace: Any, draw: Any) -> None:
        if draw.draw_idx == stop_at:
            raise KeyboardInterrupt

    monkeypatch.setattr(
        pm,
        "sample",
        lambda *args, **options: real(*args, callback=interrupt, **options),
    )
    model = random_problem(4, 20, 3)
    if not drawn:
        with pytest.raises(KeyboardInterrupt, match="before the first draw"):
            fit_mcmc(
                model,
                seed=1,
                engine="pymc",
                draws=100,
                tune=100,
                chains=2,
                progress=False,
            )
        return
    with pytest.warns(UserWarning, match="sampling was interrupted"):
        tree = fit_mcmc(
            model, seed=1, engine="pymc", draws=100, tune=100, chains=2, progress=False
        )
    assert 0 < tree["posterior"].sizes["draw"] < 100
    # no faster test samples by PyMC
    posterior = tree["posterior"].to_dataset()
    assert set(posterior.data_vars) == {"intercept", "coef"}
    assert posterior["coef"].dims == ("chain", "draw", "feature")
    assert list(posterior["feature"].to_numpy()) == list(model.feature_names)
    assert "diverging" in tree["sample_stats"]
    np.testing.assert_array_equal(tree["observed_data"]["y"], model.y)


def test_the_largest_block_of_draws_is_kept() -> None:
    for drawn, chains, draws in (
        ([100, 100, 3, 0], [0, 1], 100),
        ([0, 100, 90, 80], [1, 2, 3], 80),
        ([5, 5, 5, 5], [0, 1, 2, 3], 5),
        ([100, 49, 0], [0], 100),
        ([100, 60, 0], [0, 1], 60),
        ([100, 55, 38], [0, 1, 2], 38),
        ([0, 0], [0], 0),
    ):
        kept, length = draws_of_nutpie._longest_block(np.array(drawn))
        assert (list(kept), length) == (chains, draws)


SCALES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "unknown noise": ({"sd": priors.HalfNormal(100.0)}, {"sd": 20.0}, {}),
    "both, relative": (
        {"sd": priors.Exponential(50.0)},
        {"sd": priors.HalfStudentT(3.0, 1.0), "relative_to_noise": True},
        {},
    ),
    "both, weights, no intercept": (
        {"sd": priors.InverseGamma(3.0, 5000.0)},
        {"sd": priors.InverseGamma(2.0, 400.0), "mean": 5.0},
        {"intercept": False, "weights": np.random.default_rng(0).uniform(0.3, 3, 442)},
    ),
}


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("name", SCALES)
@pytest.mark.usefixtures("few_draws")
def test_unknown_scales_agree_with_the_exact_posterior(
    name: str, amount: int, diabetes: LinearModel
) -> None:
    likelihood, prior, options = SCALES[name]
    X, y = diabetes.rows("the test")
    model = LinearModel(
        X[:, :5],
        y,
        likelihood=likelihoods.Normal(**likelihood),
        prior=priors.Normal(**prior),
        **options,
    )
    comparison = compare(model, routes=["mcmc"], draws=amount, tune=amount, seed=1)
    assert [check.passed for check in comparison.checks[-4:]] == [True] * 4
    assert list(comparison.table.index)[-1] == "log penalty"


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
def test_unknown_scales_by_pymc_agree_with_the_exact_posterior(
    diabetes: LinearModel,
) -> None:
    X, y = diabetes.rows("the test")
    model = LinearModel(
        X[:, :4],
        y,
        likelihood=likelihoods.Normal(priors.HalfNormal(100.0)),
        prior=priors.Normal(priors.HalfCauchy(20.0)),
    )
    options: Any = {"draws": 1000, "tune": 1000, "engine": "pymc"}
    comparison = compare(model, routes=["mcmc"], seed=1, **options)
    assert [check.passed for check in comparison.checks[-4:]] == [True] * 4
    assert comparison.mcmc is not None
    assert set(comparison.mcmc["posterior"].data_vars) == {
        "coef",
        "intercept",
        "noise_sd",
        "prior_sd",
        "penalty",
    }


def test_unknown_noise_enters_predictions_and_log_likelihoods() -> None:
    model = random_problem(3, 30, 2, weighted=True)
    model = replace(model, likelihood=likelihoods.Normal(priors.HalfNormal(2.0)))
    tree = fit_mcmc(
        model,
        draws=200,
        tune=200,
        seed=1,
        posterior_predictive=True,
        log_likelihood=True,
    )
    last = tree["posterior"].to_dataset().isel(chain=-1, draw=-1)
    X, y = model.rows("the test")
    assert model.weights is not None
    eta = float(last["intercept"]) + X @ last["coef"].to_numpy()
    sd = float(last["noise_sd"]) / np.sqrt(model.weights)
    found = tree["log_likelihood"]["y"].to_numpy()[-1, -1]
    np.testing.assert_allclose(found, stats.norm.logpdf(y, eta, sd), rtol=1e-10)
    assert float(last["penalty"]) == pytest.approx(float(last["noise_sd"]) ** 2)
    # mean square of 24 000 standard residuals: 1, with an error of sqrt(2 / 24 000)
    draws = tree["posterior"].to_dataset()
    lines = draws["intercept"].to_numpy()[..., None] + draws["coef"].to_numpy() @ X.T
    z = (tree["posterior_predictive"]["y"].to_numpy() - lines) / draws[
        "noise_sd"
    ].to_numpy()[..., None]
    assert np.mean((z * np.sqrt(model.weights)) ** 2) == pytest.approx(
        1, abs=7 * np.sqrt(2 / 24_000)
    )
