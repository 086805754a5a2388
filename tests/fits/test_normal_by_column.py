"""Every route with an sd for each column, finite or infinite, against textbook code."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytensor.compile.mode import Mode
from scipy import special

from bayes_l2 import (
    LinearModel,
    choose_penalty,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_penalised,
    fit_ridge,
    likelihoods,
    load,
    penalty_path,
    priors,
    pymc_program,
)
from bayes_l2.fits.search.coordinates import FreeCoordinates
from bayes_l2.fits.search.fast_density import fast_density
from tests.every_pair import responses
from tests.model.partitioned.arrays import ArrayPartitions

INF = np.inf
RNG = np.random.default_rng(7)
SIZES = np.array([1.0, 100.0, 0.01, 3.0])
X = RNG.standard_normal((50, 4)) * SIZES + np.array([0.0, 300.0, 1.0, -2.0])
LINE = (X - X.mean(axis=0)) @ np.array([0.5, 0.005, 30.0, -0.2])
YS = responses(RNG, LINE)
FINITE = np.array([0.5, 0.02, 40.0, 1.0])
SOME = np.array([0.5, INF, 40.0, INF])
KINDS = {
    "Normal": likelihoods.Normal(1.0),
    "Bernoulli": likelihoods.Bernoulli(),
    "Poisson": likelihoods.Poisson(),
    "Categorical": likelihoods.Categorical(),
}
SDS = pytest.mark.parametrize("sds", [FINITE, SOME], ids=["finite", "some flat"])
OVER_KINDS = pytest.mark.parametrize("kind", KINDS)


def model(kind: str, sds: Any, **options: Any) -> LinearModel:
    return LinearModel(
        X, YS[kind], likelihood=KINDS[kind], prior=priors.Normal(sds, **options)
    )


def one_hot(kind: str) -> np.ndarray:
    """Return the response as a column for each linear predictor."""
    y = np.asarray(YS[kind])
    if kind == "Bernoulli":
        return (y == "yes").astype(float)[:, np.newaxis]
    if kind == "Categorical":
        return (y[:, np.newaxis] == np.unique(y)).astype(float)
    return y.astype(float)[:, np.newaxis]


MEANS = {
    "Normal": lambda eta: eta,
    "Bernoulli": special.expit,
    "Poisson": np.exp,
    "Categorical": lambda eta: special.softmax(eta, axis=1),
}


def slopes(kind: str, sds: np.ndarray, fit: Any) -> np.ndarray:
    """Return the textbook gradient by coefficients per unit of the column's size."""
    coef = np.atleast_2d(fit.coef)
    eta = X @ coef.T + np.atleast_1d(fit.intercept)
    left = one_hot(kind) - MEANS[kind](eta)
    by_intercept = left.sum(axis=0)[np.newaxis]
    by_coef = (X - X.mean(axis=0)).T @ left - coef.T / sds[:, np.newaxis] ** 2
    return np.concatenate([by_intercept, by_coef / SIZES[:, np.newaxis]])


@SDS
@OVER_KINDS
def test_the_map_is_where_the_textbook_gradient_is_zero(
    kind: str, sds: np.ndarray
) -> None:
    stated = model(kind, sds)
    found = fit_map(stated)
    assert found.converged
    assert np.abs(slopes(kind, sds, found)).max() < 1e-8
    if kind == "Categorical":  # flat coefficients sum to zero over the classes
        assert np.abs(found.coef[:, np.isinf(sds)].sum(axis=0)).max(initial=0) < 1e-12
    laplace = fit_laplace(stated)
    np.testing.assert_allclose(
        laplace.mean[: len(stated.layout.names)],
        stated.join(found.intercept, found.coef),
        rtol=1e-6,
        atol=1e-8,
    )


@OVER_KINDS
def test_scikit_learn_takes_finite_sds_by_scaling_the_columns(kind: str) -> None:
    found = fit_penalised(model(kind, FINITE))
    assert found.converged
    assert np.abs(slopes(kind, FINITE, found)).max() < 1e-7


@pytest.mark.parametrize("kind", ["Bernoulli", "Poisson", "Categorical"])
def test_scikit_learn_refuses_flat_columns_beside_others(kind: str) -> None:
    with pytest.raises(ValueError, match="penalises every column; use fit_map"):
        fit_penalised(model(kind, SOME))


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weights", [None, RNG.uniform(0.5, 5.0, 50)])
def test_ridge_projects_flat_columns_out(intercept: bool, weights: Any) -> None:
    stated = LinearModel(
        X,
        YS["Normal"],
        likelihood=likelihoods.Normal(0.7),
        prior=priors.Normal(SOME),
        intercept=intercept,
        weights=weights,
    )
    alone = LinearModel.from_statistics(
        stated.statistics,
        likelihood=stated.likelihood,
        prior=stated.prior,
        intercept=intercept,
    )
    exact = fit_exact(stated)
    for found in (fit_ridge(stated), fit_penalised(stated), fit_ridge(alone)):
        assert found.converged
        error = (stated.join(found.intercept, found.coef) - exact.mean) / exact.sd
        assert np.abs(error).max() < 1e-8


def test_scikit_learn_refuses_an_unknown_factor_and_a_mean() -> None:
    for options in ({"factor": priors.HalfCauchy(1.0)}, {"mean": 1.0}):
        with pytest.raises(ValueError, match="which is no multiple of"):
            fit_penalised(model("Normal", FINITE, **options))


def test_ridge_under_an_unknown_noise_takes_relative_sds() -> None:
    for sds in (FINITE, SOME):
        unknown = LinearModel(
            X,
            YS["Normal"],
            likelihood=likelihoods.Normal(priors.HalfNormal(2.0)),
            prior=priors.Normal(sds, relative_to_noise=True),
        )
        exact = fit_exact(unknown)
        np.testing.assert_allclose(fit_ridge(unknown).coef, exact.mean[1:5], rtol=1e-9)


@SDS
def test_the_laplace_evidence_of_a_gaussian_model_is_exact(sds: np.ndarray) -> None:
    stated = model("Normal", sds, mean=0.3)
    exact = fit_exact(stated)
    assert fit_laplace(stated).log_evidence == pytest.approx(exact.log_evidence)


@SDS
def test_the_mode_with_scales_integrated_out(sds: np.ndarray) -> None:
    """With g proper columns, E[1/τ² | b] = (shape + g / 2) / (scale + q / 2)."""
    noise, factor = priors.InverseGamma(3.0, 2.0), priors.InverseGamma(2.0, 1.5)
    stated = LinearModel(
        X,
        YS["Normal"],
        likelihood=likelihoods.Normal(noise),
        prior=priors.Normal(sds, factor=factor),
    )
    found = fit_map(stated, density="marginal")
    left = YS["Normal"] - found.intercept - X @ found.coef
    squares = np.sum((found.coef / sds) ** 2)
    of_noise = (3.0 + len(X) / 2) / (2.0 + left @ left / 2)
    of_factor = (2.0 + np.isfinite(sds).sum() / 2) / (1.5 + squares / 2)
    slope = of_noise * (X - X.mean(axis=0)).T @ left - of_factor * found.coef / sds**2
    assert found.converged
    assert np.abs(slope / SIZES).max() < 1e-8
    for density in ("sd", "log_sd", "variance"):
        assert fit_map(stated, density=density).converged


@SDS
@OVER_KINDS
def test_the_density_of_samplers_is_that_of_the_model(
    kind: str, sds: np.ndarray
) -> None:
    coordinates = FreeCoordinates(model(kind, sds, mean=0.2))
    density = fast_density(coordinates)
    for u in RNG.standard_normal((3, coordinates.size)):
        value, gradient = density(u)
        expected, slope = coordinates.log_density_and_gradient(u)
        assert value == pytest.approx(expected, rel=1e-10)
        np.testing.assert_allclose(gradient, slope, rtol=1e-8, atol=1e-8)


@pytest.mark.usefixtures("interpreted")
def test_the_pymc_program_of_classes_is_the_same_density() -> None:
    stated = model("Categorical", SOME, mean=0.2)
    program, layout = pymc_program(stated), stated.layout
    mode = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
    log_density = program.compile_logp(mode=mode, jacobian=False)
    differences = []
    for point in RNG.standard_normal((4, len(layout.names))) / 100:
        intercept, coef = layout.split(point)
        offset = intercept + coef @ X.mean(axis=0)
        values = {
            "coef_free__": point[layout.n_intercepts :],
            "intercept_offset__": (offset - offset.mean())[:-1],
        }
        differences.append(log_density(values) - stated.log_posterior(point))
    np.testing.assert_allclose(differences, 0.0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("interpreted")
def test_pymc_finds_the_same_mode() -> None:
    stated = model("Normal", SOME)
    found = fit_map(stated, engine="pymc")
    np.testing.assert_allclose(found.coef, fit_map(stated).coef, rtol=1e-6)


@SDS
@pytest.mark.parametrize("kind", ["Normal", "Bernoulli", "Poisson", "Categorical"])
def test_rows_in_partitions_give_the_same(kind: str, sds: np.ndarray) -> None:
    rows = model(kind, sds)
    parts = LinearModel.from_partitions(
        ArrayPartitions(X, np.asarray(YS[kind]), cuts=(20, 33)),
        likelihood=rows.likelihood,
        prior=rows.prior,
    )
    np.testing.assert_allclose(fit_map(parts).coef, fit_map(rows).coef, rtol=1e-7)


@pytest.mark.parametrize("scale", [priors.Laplace, priors.Normal])
def test_a_search_over_partitions_with_flat_columns_has_to_arrive(scale: Any) -> None:
    """Only the end of a search tells there whether the classes are separable."""
    y = np.asarray(YS["Bernoulli"])
    separating = X.copy()
    separating[:, 1] = np.where(y == "yes", 1.0, -1.0)

    def over(columns: np.ndarray) -> LinearModel:
        return LinearModel.from_partitions(
            ArrayPartitions(columns, y, cuts=(20, 33)),
            likelihood=likelihoods.Bernoulli(),
            prior=scale(SOME),
        )

    assert fit_map(over(X)).converged
    with pytest.raises(ValueError, match="the search did not reach a mode"):
        fit_map(over(separating), max_iterations=5)


def test_a_second_search_over_partitions_starts_at_the_mode_of_the_first() -> None:
    source = ArrayPartitions(X, np.asarray(YS["Poisson"]), cuts=(20, 33))
    stated = LinearModel.from_partitions(
        source, likelihood=likelihoods.Poisson(), prior=priors.Normal(SOME)
    )
    passes = [source.passes]
    for _ in range(2):
        fit_map(stated)
        passes.append(source.passes)
    first, second = np.diff(passes)
    assert second == 0 < first


@pytest.mark.parametrize("by", ["evidence", "loo", "gcv", "cv", "hierarchical"])
def test_there_is_no_penalty_to_choose(by: Any) -> None:
    stated = model("Normal", SOME, factor=priors.HalfCauchy(1.0))
    with pytest.raises(ValueError, match=r"with one sd, .*fit_exact integrates over"):
        choose_penalty(stated, by=by)


def test_there_is_no_path_of_penalties() -> None:
    with pytest.raises(ValueError, match=r"needs the prior .* with one sd"):
        penalty_path(model("Normal", FINITE))
    with pytest.raises(ValueError, match=r"needs the prior .* with one sd"):
        choose_penalty(model("Bernoulli", FINITE))


def test_a_comparison_is_kept_in_a_file(tmp_path: Path) -> None:
    """Known scales, and unknown ones, whose eigenbasis is stored."""
    noise = likelihoods.Normal(priors.HalfNormal(2.0))
    prior = priors.Normal(SOME, factor=priors.HalfNormal(1.0))
    unknown = LinearModel(X, YS["Normal"], likelihood=noise, prior=prior)
    for number, stated in enumerate((model("Normal", SOME), unknown)):
        held = compare(stated, routes=["map"])
        assert held.passed
        held.save(tmp_path / f"{number}.nc")
        found = load(tmp_path / f"{number}.nc")
        pd.testing.assert_frame_equal(found.table, held.table)
        assert repr(found.model) == repr(held.model)
        draws = [
            each.exact.location.sample(1, 3) for each in (held, found) if each.exact
        ]
        np.testing.assert_array_equal(draws[0], draws[1])


@pytest.mark.slow
# PyMC's adaptation tries steps of columns that are far from the size of others
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("engine", ["nutpie", "pymc"])
@pytest.mark.parametrize("relative", [False, True])
def test_mcmc_has_the_moments_of_the_exact_posterior(
    engine: Any, relative: bool, request: pytest.FixtureRequest
) -> None:
    # a factor that vanishes at 0 has no funnel there
    stated = LinearModel(
        X,
        YS["Normal"],
        likelihood=likelihoods.Normal(priors.HalfNormal(2.0)),
        prior=priors.Normal(
            SOME, factor=priors.InverseGamma(3.0, 2.0), relative_to_noise=relative
        ),
    )
    draws = 1000
    if engine == "pymc":  # its draws cost ten times as much
        draws = 400
        request.getfixturevalue("few_draws")
    held = compare(
        stated, routes=["mcmc"], engine=engine, draws=draws, tune=draws, seed=3
    )
    assert held.passed
