"""Choosing the penalty: every criterion against refits, or against scikit-learn."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import BayesianRidge, Ridge, RidgeCV
from sklearn.model_selection import KFold

from bayes_l2 import (
    LinearModel,
    NormalInverseGammaPosterior,
    SufficientStatistics,
    choose_penalty,
    datasets,
    fit_exact,
    fit_laplace,
    likelihoods,
    penalty_path,
    priors,
)
from bayes_l2.selection.choose import _edge, choice_line
from tests.oracles import dense_log_evidence

UNKNOWN: dict[str, Any] = {
    "likelihood": likelihoods.Normal(priors.FlatLogScale()),
    "prior": priors.Normal(priors.FlatLogScale()),
}
X, Y = (np.asarray(each, dtype=float) for each in datasets.diabetes())
PENALTIES = np.geomspace(0.1, 1000, 13)
WEIGHTS = np.random.default_rng(0).uniform(0.2, 3, len(Y))


@pytest.mark.parametrize("intercept", [True, False])
def test_leave_one_out_is_ridge_cvs(intercept: bool) -> None:
    path = penalty_path(LinearModel(X, Y, intercept=intercept, **UNKNOWN), PENALTIES)
    assert path.loo_error is not None
    theirs = RidgeCV(
        alphas=PENALTIES, store_cv_results=True, fit_intercept=intercept
    ).fit(X, Y)
    np.testing.assert_allclose(
        path.loo_error, theirs.cv_results_.mean(axis=0), rtol=1e-10
    )
    assert path.best("loo") == theirs.alpha_


@pytest.mark.parametrize("shape", [(20, 3), (8, 20)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [True, False])
def test_leave_one_out_is_refitting(
    shape: tuple[int, int], weighted: bool, intercept: bool
) -> None:
    n, p = shape
    rng = np.random.default_rng(n)
    X, y = 3 + rng.standard_normal((n, p)), rng.standard_normal(n)
    weights = WEIGHTS[:n] if weighted else np.ones(n)
    scales: dict[str, Any] = {
        "likelihood": likelihoods.Normal(0.8),
        "prior": priors.Normal(1.0, mean=0.3),
    }
    model = LinearModel(
        X, y, weights=weights if weighted else None, intercept=intercept, **scales
    )
    path = penalty_path(model, [0.5, 5.0])
    for number, penalty in enumerate([0.5, 5.0]):
        prior, errors, log_densities = (
            priors.Normal(0.8 / np.sqrt(penalty), mean=0.3),
            [],
            [],
        )
        for i in range(n):
            others = np.arange(n) != i
            left = LinearModel(
                X[others],
                y[others],
                weights=weights[others],
                intercept=intercept,
                likelihood=scales["likelihood"],
                prior=prior,
            )
            posterior = fit_exact(left)
            mean, sd = posterior.predict(
                X[i : i + 1], return_sd=True, observation_noise=False
            )
            errors.append(y[i] - mean[0])
            log_densities.append(
                stats.norm.logpdf(
                    y[i], mean[0], np.sqrt(sd[0] ** 2 + 0.64 / weights[i])
                )
            )
        assert path.loo_error is not None
        assert path.loo_log_density is not None
        assert path.loo_error[number] == pytest.approx(
            np.average(np.square(errors), weights=weights), rel=1e-9
        )
        assert path.loo_log_density[number] == pytest.approx(
            np.sum(log_densities), rel=1e-9
        )


def test_folds_whose_other_rows_are_constant_are_refitted_too() -> None:
    features, response = X[:6, :2], np.array([0.0, 0.0, 0.0, 0.0, 0.0, 3.0])
    path = penalty_path(LinearModel(features, response, **UNKNOWN), [2.0], folds=6)
    assert path.cv_error is not None
    assert path.loo_error is not None
    assert path.cv_error[0] == pytest.approx(
        path.loo_error[0], rel=1e-12
    )  # six folds of six rows leave one out


def test_columns_far_from_zero_cost_no_digits() -> None:
    """An offset of 2^26 leaves the columns exact; products would lose eight digits."""
    near = np.round(X[:, :4] * 1024) / 1024
    here = penalty_path(LinearModel(near, Y, **UNKNOWN), PENALTIES)
    far = penalty_path(LinearModel(near + 2.0**26, Y, **UNKNOWN), PENALTIES)
    for name in ("loo_error", "loo_log_density", "gcv", "log_evidence"):
        np.testing.assert_allclose(
            getattr(far, name), getattr(here, name), rtol=1e-11, err_msg=name
        )


def test_path_is_ridge_and_its_hat_matrix() -> None:
    path = penalty_path(LinearModel(X, Y, weights=WEIGHTS, **UNKNOWN), PENALTIES)
    center = np.average(X, axis=0, weights=WEIGHTS)
    rows = np.sqrt(WEIGHTS)[:, np.newaxis] * (X - center)
    for number, penalty in enumerate(PENALTIES):
        ridge = Ridge(alpha=penalty).fit(X, Y, sample_weight=WEIGHTS)
        np.testing.assert_allclose(path.coef[number], ridge.coef_, rtol=1e-8, atol=1e-9)
        assert path.intercept[number] == pytest.approx(ridge.intercept_, rel=1e-10)
        hat = rows @ np.linalg.solve(rows.T @ rows + penalty * np.eye(10), rows.T)
        assert path.degrees_of_freedom[number] == pytest.approx(np.trace(hat), rel=1e-9)
        squares = np.sum(WEIGHTS * (Y - ridge.predict(X)) ** 2)
        assert path.gcv[number] == pytest.approx(
            442 * squares / (442 - np.trace(hat) - 1) ** 2, rel=1e-9
        )


def test_k_fold_is_refitting() -> None:
    path = penalty_path(LinearModel(X, Y, **UNKNOWN), PENALTIES, folds=5, seed=3)
    assert path.cv_error is not None
    expected = []
    for penalty in PENALTIES:
        squares = 0.0
        for rest, held in KFold(5, shuffle=True, random_state=3).split(X):
            fitted = Ridge(alpha=penalty).fit(X[rest], Y[rest]).predict(X[held])
            squares += np.sum((Y[held] - fitted) ** 2)
        expected.append(squares / 442)
    np.testing.assert_allclose(path.cv_error, expected, rtol=1e-10)


def test_evidence_is_the_dense_one_at_the_most_probable_noise() -> None:
    rows = X[:40], Y[:40]
    path = penalty_path(LinearModel(*rows, **UNKNOWN), [1.0, 30.0])
    for penalty, noise_sd, log_evidence in zip(
        [1.0, 30.0], path.noise_sd, path.log_evidence, strict=True
    ):
        dense = [
            dense_log_evidence(*rows, sd, sd / np.sqrt(penalty))
            for sd in noise_sd * np.array([0.999, 1, 1.001])
        ]
        assert log_evidence == pytest.approx(dense[1], rel=1e-10)
        assert dense[1] > max(dense[0], dense[2])


@pytest.mark.parametrize("hyperprior", [1e-6, 0.3])
def test_evidence_maximum_is_bayesian_ridges(hyperprior: float) -> None:
    """Without an intercept, on centred data, the two maxima are the same.

    Its gamma priors are on precisions, and it counts n rows.
    """
    centred, response = X - X.mean(axis=0), (Y - Y.mean()) / Y.std()
    gamma: dict[str, Any] = {
        f"{name}_{number}": hyperprior
        for name in ("alpha", "lambda")
        for number in (1, 2)
    }
    theirs = BayesianRidge(
        fit_intercept=False, tol=1e-15, max_iter=50_000, **gamma
    ).fit(centred, response)
    prior = priors.InverseGamma(hyperprior, hyperprior)
    scales: dict[str, Any] = {
        "likelihood": likelihoods.Normal(prior),
        "prior": priors.Normal(prior),
    }
    choice = choose_penalty(LinearModel(centred, response, intercept=False, **scales))
    assert choice.penalty == pytest.approx(theirs.lambda_ / theirs.alpha_, rel=1e-6)
    assert choice.model.likelihood.sd == pytest.approx(theirs.alpha_**-0.5, rel=1e-6)
    assert choice.model.prior.sd == pytest.approx(theirs.lambda_**-0.5, rel=1e-6)
    np.testing.assert_allclose(fit_exact(choice.model).coef, theirs.coef_, rtol=1e-5)


@pytest.mark.parametrize("by", ["evidence", "gcv"])
def test_smooth_criteria_are_best_between_the_penalties_of_the_path(by: Any) -> None:
    model = LinearModel(X, Y, **UNKNOWN)
    choice = choose_penalty(model, by=by)
    near = penalty_path(model, choice.penalty * np.array([0.99, 1.0, 1.01]))
    assert np.argmin(near.losses[by]) == 1
    assert choice.model.penalty == pytest.approx(choice.penalty, rel=1e-12)
    assert "edge" not in repr(choice)
    three = choice.penalty * np.array([0.3, 1.1, 4.0])
    again = choose_penalty(model, by=by, penalties=three).penalty
    assert again == pytest.approx(choice.penalty, rel=1e-6)


def test_the_seed_of_folds_has_32_bits() -> None:
    model = LinearModel(X, Y, **UNKNOWN)
    last = 2**32 - 1
    path = penalty_path(model, [1.0], folds=2, seed=last)
    squares = 0.0
    for rest, held in KFold(2, shuffle=True, random_state=last).split(X):
        fitted = Ridge(alpha=1.0).fit(X[rest], Y[rest]).predict(X[held])
        squares += np.sum((Y[held] - fitted) ** 2)
    assert path.cv_error == pytest.approx(squares / 442, rel=1e-10)
    choice = choose_penalty(model, by="cv", penalties=[1.0], folds=2, seed=last)
    assert choice.path is not None
    assert choice.path.cv_error == pytest.approx(squares / 442, rel=1e-10)
    for call in (choose_penalty, penalty_path):
        with pytest.raises(ValueError, match=r"seed must be .*, got 4294967296"):
            call(model, seed=last + 1)


def test_a_known_noise_is_kept_and_a_relative_prior_stays_relative() -> None:
    known = choose_penalty(
        LinearModel(X, Y, likelihood=likelihoods.Normal(54.0), prior=priors.Flat()),
        by="evidence",
    )
    assert known.model.likelihood.sd == 54.0
    relative = LinearModel(
        X,
        Y,
        likelihood=likelihoods.Normal(priors.FlatLogScale()),
        prior=priors.Normal(priors.HalfNormal(1.0), relative_to_noise=True),
    )
    chosen = choose_penalty(relative, by="loo")
    assert chosen.model.penalty == pytest.approx(chosen.penalty)
    assert chosen.model.likelihood == relative.likelihood
    posterior = fit_exact(chosen.model)
    assert isinstance(
        posterior, NormalInverseGammaPosterior
    )  # the noise is still unknown
    assert posterior.df == 441


def test_hierarchical_choice_is_the_median_of_the_posterior() -> None:
    scales: dict[str, Any] = {
        "likelihood": likelihoods.Normal(priors.HalfNormal(100)),
        "prior": priors.Normal(priors.HalfCauchy(20)),
    }
    choice = choose_penalty(LinearModel(X, Y, **scales), by="hierarchical")
    assert choice.posterior is not None
    assert choice.posterior.marginal("penalty").cdf(choice.penalty) == pytest.approx(
        0.5, abs=1e-6
    )
    assert choice.model.penalty == pytest.approx(choice.penalty, rel=1e-12)
    noise_sd = choice.posterior.marginal("noise_sd")
    assert noise_sd.cdf(choice.model.likelihood.sd) == pytest.approx(0.5, abs=1e-6)


def test_data_that_ask_for_no_coefficients_say_so() -> None:
    noise = np.random.default_rng(5).standard_normal(60)
    features = np.random.default_rng(6).standard_normal((60, 3))
    features -= np.outer(
        noise - noise.mean(), (noise - noise.mean()) @ features
    ) / np.sum((noise - noise.mean()) ** 2)
    choice = choose_penalty(
        LinearModel(features, noise, **UNKNOWN)
    )  # no column says anything of y
    assert choice.at_edge
    assert choice.path is not None
    assert choice.penalty == choice.path.penalties[-1]
    assert "edge='largest'" in repr(choice)


def test_bad_arguments_are_refused() -> None:
    model = LinearModel(X, Y, **UNKNOWN)
    gone = LinearModel.from_statistics(SufficientStatistics.from_rows(X, Y), **UNKNOWN)
    covariance = LinearModel(
        X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(cov=np.eye(10))
    )
    unknown: Any = "aic"
    bad: list[tuple[Any, str]] = [
        (
            lambda: choose_penalty(model, by=unknown),
            "by must be one of evidence, loo, gcv, cv, hierarchical; got 'aic'",
        ),
        (
            lambda: penalty_path(model, [1.0, -2.0]),
            "penalties must be positive, got -2.0",
        ),
        (lambda: penalty_path(model, []), "penalties"),
        (
            lambda: penalty_path(model, ["much"]),
            "penalties must hold numbers, got the text 'much'",
        ),
        (
            lambda: penalty_path(model, folds=1),
            "folds must be a whole number of at least 2, got 1",
        ),
        (
            lambda: penalty_path(model, folds=500),
            "folds must be at most the number of rows, 442; got 500",
        ),
        (
            lambda: choose_penalty(gone, by="loo"),
            r"choosing by loo needs the rows of .* use by='evidence' or by='gcv', or ",
        ),
        (
            lambda: choose_penalty(gone, by="cv"),
            r"choosing by cv needs .*by='cv' with folds=\[statistics of each fold\]",
        ),
        (
            lambda: penalty_path(gone, folds=5),
            r"folds=5 needs .*: use folds=\[statistics of each fold\]",
        ),
        (
            lambda: penalty_path(model).best("cv"),
            "by must be one of evidence, loo, gcv; got 'cv'",
        ),
        (
            lambda: choose_penalty(covariance),
            "a penalty to choose needs the prior priors.Normal",
        ),
        (
            lambda: choose_penalty(
                replace(model, prior=priors.Normal(1.0)),
                by="hierarchical",
            ),
            "choosing by hierarchical needs a prior on the prior sd",
        ),
    ]
    for call, message in bad:
        with pytest.raises(ValueError, match=message):
            call()
    assert penalty_path(gone).loo_error is None


def test_path_table_and_figure() -> None:
    path = penalty_path(LinearModel(X, Y, **UNKNOWN), PENALTIES, folds=3)
    assert list(path.table.columns) == [
        "degrees_of_freedom",
        "noise_sd",
        "log_evidence",
        "gcv",
        "loo_error",
        "loo_log_density",
        "cv_error",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        top, bottom = path.plot().axes
    places = [np.asarray(line.get_xdata()) for line in top.lines]
    dots = {float(place[0]) for place in places if len(place) == 1}
    assert dots == {path.best(by) for by in path.losses}
    np.testing.assert_array_equal(bottom.lines[2].get_ydata(), path.coef[:, 2])


def test_the_evidence_of_classes_is_largest_at_the_choice() -> None:
    """The choice is within a tenth of the best sd by an integral on a grid."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(200)
    labels = np.where(x * 0.8 + rng.logistic(size=200) > 0, 1, 0)
    classes: Any = {"likelihood": likelihoods.Bernoulli(), "intercept": False}
    choice = choose_penalty(
        LinearModel(x[:, None], labels, prior=priors.Normal(9.0), **classes)
    )
    grid = np.linspace(-4, 4, 4001)
    log_likelihood = -np.logaddexp(0, -np.outer(grid, x * (2 * labels - 1))).sum(axis=1)
    sds = np.exp(np.linspace(-3, 3, 601))
    evidence = [
        np.exp(log_likelihood - log_likelihood.max())
        @ np.exp(-0.5 * (grid / s) ** 2)
        / s
        for s in sds
    ]
    best = sds[int(np.argmax(evidence))]
    assert choice.penalty**-0.5 == pytest.approx(best, rel=0.1)
    assert choice.model.prior.sd == pytest.approx(choice.penalty**-0.5)
    assert not choice.at_edge
    expected = f"evidence (Laplace approximation): α = {choice.penalty:.4g}"
    assert choice_line(choice) == f"Penalty chosen by {expected}"
    for factor in (0.9, 1.1):
        sd = priors.Normal(factor * choice.penalty**-0.5)
        other = fit_laplace(LinearModel(x[:, None], labels, prior=sd, **classes))
        assert other.log_evidence < fit_laplace(choice.model).log_evidence


@pytest.mark.parametrize("unit", [1e-10, 1e-4, 1.0, 1e4])
def test_classes_that_a_plane_parts_ask_for_no_penalty(unit: float) -> None:
    x = np.linspace(-1, 1, 40)[:, None]
    model = LinearModel(
        unit * x,
        x[:, 0] > 0,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Normal(1.0),
    )
    choice = choose_penalty(model)
    assert choice.edge == "smallest"
    widest = 1e3 / (unit * np.sqrt(np.mean(x**2)))
    assert choice.penalty**-0.5 == pytest.approx(widest, rel=1e-9)
    assert "planes separate the classes, or nearly, so give a prior sd" in choice_line(
        choice
    )


def test_the_search_starts_from_the_size_of_the_columns() -> None:
    """The size is the distance from 0, or with an intercept from the means."""
    rng = np.random.default_rng(0)
    labels = rng.uniform(size=60) < 0.8
    column = 1 + 1e-3 * rng.standard_normal((60, 1))
    model = LinearModel(
        column,
        labels,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Normal(1.0),
        intercept=False,
    )
    choice = choose_penalty(model)
    assert choice.edge is None
    assert choice.penalty == pytest.approx(1 / np.log(0.8 / 0.2) ** 2, rel=0.5)


def test_columns_that_say_nothing_of_the_classes_end_at_the_largest_penalty() -> None:
    labels = np.tile([0, 1], 20)
    column = np.repeat(np.arange(20.0), 2)[:, None]  # each value once with either class
    choice = choose_penalty(
        LinearModel(
            column, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
        )
    )
    assert choice.edge == "largest"
    assert "no column says much of y" in choice_line(choice)


def test_columns_of_zeros_say_nothing_of_the_classes() -> None:
    model = LinearModel(
        np.zeros((20, 2)),
        np.arange(20) % 2,
        likelihood=likelihoods.Bernoulli(),
        prior=priors.Normal(1.0),
    )
    with pytest.raises(ValueError, match="the data cannot tell; give a prior sd"):
        choose_penalty(model)


def test_the_line_names_priors_that_the_evidence_is_multiplied_by() -> None:
    noise = likelihoods.Normal(54.0)
    for scale, named in ((priors.HalfCauchy(20), True), (priors.FlatLogScale(), False)):
        prior = priors.Normal(scale)
        line = choice_line(
            choose_penalty(LinearModel(X, Y, likelihood=noise, prior=prior))
        )
        assert (" times the priors of the scales: α = " in line) == named


def test_only_the_first_and_the_last_place_are_edges() -> None:
    found = [_edge(place, 3) for place in range(4)]
    assert found == ["smallest", None, None, "largest"]


def test_what_is_not_known_of_classes_is_refused() -> None:
    X, labels = np.random.default_rng(0).standard_normal((20, 2)), np.arange(20) % 2
    model = LinearModel(
        X, labels, likelihood=likelihoods.Bernoulli(), prior=priors.Normal(1.0)
    )
    with pytest.raises(
        ValueError,
        match=r"by must be 'evidence' for likelihoods.Bernoulli\(\), got 'loo'",
    ):
        choose_penalty(model, by="loo")
    for prior in (priors.Laplace(1.0), priors.Normal(1.0, mean=2.0), priors.Flat()):
        with pytest.raises(
            ValueError,
            match=r"needs the prior priors.Normal\(sd\) with one sd and mean 0, got",
        ):
            choose_penalty(replace(model, prior=prior))
    with pytest.raises(ValueError, match="penalties must be left out"):
        choose_penalty(model, penalties=[1.0])
    lasso = LinearModel(
        X, labels * 1.0, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(1.0)
    )
    with pytest.raises(
        ValueError,
        match=r"this needs priors.Normal\(sd\) or priors.Flat\(\): priors.Laplace",
    ):
        choose_penalty(lasso)
