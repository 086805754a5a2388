"""Two classes by every route, against naive sums, PyMC, scikit-learn and grids.

The Laplace approximation is also compared with the exact posterior of Gaussian models.
"""

from dataclasses import replace
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats
from sklearn.datasets import load_breast_cancer

from bayes_l2 import (
    LinearModel,
    datasets,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    penalty_in,
    penalty_path,
    priors,
    pymc_program,
)

BERNOULLI = likelihoods.Bernoulli()

# PyMC compiles its program for seconds; the fast suite samples one, in test_mcmc.py
ENGINES = ["nutpie", pytest.param("pymc", marks=pytest.mark.slow)]


def problem(
    seed: int = 0, n: int = 60, p: int = 3, *, weighted: bool = False, **changes: Any
) -> LinearModel:
    """Return a random model of two classes."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.5, 3, p) + rng.standard_normal(p)
    signs = np.where(
        rng.uniform(size=n) < special.expit(X @ rng.standard_normal(p) / 2), 1, -1
    )
    signs[:2] = -1, 1
    weights = rng.uniform(0.3, 2, n) if weighted else None
    stated = {
        "likelihood": BERNOULLI,
        "prior": priors.Normal(1.5),
        "weights": weights,
    } | changes
    return LinearModel(X, signs, **stated)


def naive_log_posterior(
    model: LinearModel, parameters: np.ndarray, sd: float = 1.5
) -> float:
    """Return the sum of log probabilities over rows, plus the log prior."""
    X, y = model.rows("the oracle")
    weights = np.ones(len(y)) if model.weights is None else model.weights
    a, b = (parameters[0], parameters[1:]) if model.intercept else (0.0, parameters)
    total = 0.0
    for x, label, w in zip(X, y, weights, strict=True):
        probability = 1 / (1 + np.exp(-label * (a + x @ b)))
        total += w * np.log(probability)
    return total + float(stats.norm.logpdf(b, 0, sd).sum())


@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_log_posterior_and_its_derivatives(
    seed: int, weighted: bool, intercept: bool
) -> None:
    model = problem(seed, weighted=weighted, intercept=intercept)
    point = np.random.default_rng(seed).standard_normal(len(model.parameter_names)) / 2
    assert model.log_posterior(point) == pytest.approx(
        naive_log_posterior(model, point), rel=1e-11
    )
    h = 1e-5 * np.eye(len(point))
    slopes = [
        (naive_log_posterior(model, point + e) - naive_log_posterior(model, point - e))
        / 2e-5
        for e in h
    ]
    np.testing.assert_allclose(model.gradient(point), slopes, rtol=1e-5, atol=1e-5)
    curvature = [
        (model.gradient(point + e) - model.gradient(point - e)) / 2e-5 for e in h
    ]
    np.testing.assert_allclose(model.hessian(point), curvature, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.usefixtures("interpreted")
def test_the_density_is_that_of_pymc(weighted: bool, intercept: bool) -> None:
    model = problem(weighted=weighted, intercept=intercept)
    X, _ = model.rows("PyMC")
    logp = pymc_program(model).compile_logp(mode="FAST_COMPILE")
    mean = np.average(X, axis=0, weights=model.weights)
    for seed in range(3):
        coef = np.random.default_rng(seed).standard_normal(3)
        point = {"coef": coef} | (
            {"intercept_offset__": np.array(0.3)} if intercept else {}
        )
        ours = model.log_posterior(
            np.append(0.3 - mean @ coef, coef) if intercept else coef
        )
        assert ours == pytest.approx(float(logp(point)), rel=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "prior", [priors.Normal(1.5), priors.Normal(0.01), priors.Flat()], ids=repr
)
def test_the_penalised_fit_is_the_map(prior: priors.Prior, weighted: bool) -> None:
    """Two independent routes, to 1e-6 posterior sds."""
    model = problem(prior=prior, weighted=weighted)
    penalised, maximum = fit_penalised(model), fit_map(model)
    assert maximum.converged
    assert penalised.gradient_norm < 1e-6
    best = model.join(maximum.intercept, maximum.coef)
    sds = np.sqrt(np.diag(np.linalg.inv(-model.hessian(best))))
    difference = model.join(penalised.intercept, penalised.coef) - best
    assert np.abs(difference / sds).max() < 1e-6
    assert penalised.route == "scikit-learn LogisticRegression"


def test_the_map_by_pymc() -> None:
    model = problem(weighted=True)
    ours, theirs = fit_map(model), fit_map(model, engine="pymc")
    np.testing.assert_allclose(theirs.coef, ours.coef, atol=1e-4)
    assert theirs.gradient_norm < 1e-4


def test_breast_cancer() -> None:
    """Real data, 569 × 30, with text labels: both routes to 1e-6 posterior sds.

    Also the penalty in the units of scikit-learn and glmnet.
    """
    data: Any = load_breast_cancer(as_frame=True)
    diagnosis = data.target.map({0: "malignant", 1: "benign"})
    X = datasets.standardise(data.data)
    model = LinearModel(X, diagnosis, likelihood=BERNOULLI, prior=priors.Normal(1.0))
    assert model.classes == ("benign", "malignant")
    laplace = fit_laplace(model)
    for estimate in (fit_penalised(model), fit_map(model)):
        assert np.abs((estimate.coef - laplace.coef) / laplace.sd[1:]).max() < 1e-6
    right = (laplace.predict(X) > 0.5) == (diagnosis == "malignant")
    assert right.mean() > 0.97
    assert penalty_in(model, "LogisticRegression").value == 1.0
    wider = replace(model, likelihood=BERNOULLI, prior=priors.Normal(2.0))
    assert penalty_in(wider, "LogisticRegression").value == 4.0
    assert penalty_in(model, "sgd-classifier").value == pytest.approx(
        1 / 569, rel=1e-14
    )
    assert penalty_in(model, "glmnet-binomial").value == pytest.approx(
        1 / 569, rel=1e-12
    )


def test_whole_weights_are_repeated_rows() -> None:
    model = problem()
    X, y = model.rows("rows")
    counts = np.arange(len(y)) % 3
    weighted = LinearModel(
        X, y, likelihood=BERNOULLI, prior=priors.Normal(1.5), weights=counts
    )
    repeated = LinearModel(
        np.repeat(X, counts, axis=0),
        np.repeat(y, counts),
        likelihood=BERNOULLI,
        prior=priors.Normal(1.5),
    )
    point = np.array([0.1, -0.2, 0.3, 0.4])
    assert weighted.log_posterior(point) == pytest.approx(
        repeated.log_posterior(point), rel=1e-12
    )
    np.testing.assert_allclose(
        fit_map(weighted).coef, fit_map(repeated).coef, rtol=1e-9
    )


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["yes", "no"], ("no", "yes")),
        ([True, False], (False, True)),
        ([0, 1], (0, 1)),
        ([2.5, -1.0], (-1.0, 2.5)),
    ],
)
def test_labels_may_be_of_any_type(labels: list, classes: tuple) -> None:
    signs = problem().rows("rows")[1]
    y = [classes[1] if sign > 0 else classes[0] for sign in signs]
    expected = fit_map(problem()).coef
    for given_labels in (y, np.array(y), pd.Series(y), pd.Series(y, dtype="category")):
        model = LinearModel(
            problem().X, given_labels, likelihood=BERNOULLI, prior=priors.Normal(1.5)
        )
        assert model.classes == classes
        np.testing.assert_array_equal(fit_map(model).coef, expected)


class TestLaplace:
    @pytest.mark.parametrize("intercept", [False, True])
    def test_of_a_gaussian_model_it_is_exact(self, intercept: bool) -> None:
        X, y = datasets.diabetes()
        stated = {"likelihood": likelihoods.Normal(54.0), "prior": priors.Normal(20.0)}
        model = LinearModel(X, y, intercept=intercept, **stated)
        laplace, exact = fit_laplace(model), fit_exact(model)
        assert laplace.names == exact.names
        np.testing.assert_allclose(laplace.mean, exact.mean, rtol=1e-9)
        np.testing.assert_allclose(laplace.sd, exact.sd, rtol=1e-9)
        assert laplace.log_evidence == pytest.approx(exact.log_evidence, rel=1e-12)
        np.testing.assert_allclose(
            laplace.predict(X[:3]), exact.predict(X[:3]), rtol=1e-9
        )

    def test_of_one_coefficient_it_is_near_the_integral(self) -> None:
        """Its error is of order 1/n, which is a few percent at 60 rows."""
        model = problem(p=1, intercept=False)
        laplace = fit_laplace(model)
        grid = np.linspace(
            laplace.mean[0] - 10 * laplace.sd[0],
            laplace.mean[0] + 10 * laplace.sd[0],
            4001,
        )
        density = np.exp([naive_log_posterior(model, np.array([b])) for b in grid])
        evidence = integrate.simpson(density, x=grid)
        mean = integrate.simpson(grid * density, x=grid) / evidence
        sd = np.sqrt(integrate.simpson((grid - mean) ** 2 * density, x=grid) / evidence)
        assert laplace.log_evidence == pytest.approx(np.log(evidence), abs=0.02)
        assert abs(laplace.mean[0] - mean) < 0.2 * sd
        assert laplace.sd[0] == pytest.approx(sd, rel=0.05)

    def test_a_probability_is_averaged_over_the_line(self) -> None:
        model = problem()
        laplace = fit_laplace(model)
        X = model.rows("rows")[0][:2] * 3
        mean, sd = laplace.linear_predictor(X)
        for k in range(2):
            line: Any = stats.norm(mean[k], sd[k])
            ends = line.interval(1 - 1e-15)
            expected, _ = integrate.quad(
                lambda eta, line=line: special.expit(eta) * line.pdf(eta), *ends
            )
            assert laplace.predict(X)[k] == pytest.approx(expected, rel=1e-8)
        draws = (
            laplace.sample(np.random.default_rng(0), 20_000)
            @ np.column_stack([np.ones(2), X]).T
        )
        np.testing.assert_allclose(draws.mean(axis=0), mean, atol=6 * sd.max() / 141)

    @pytest.mark.parametrize("offset", [0.0, 1e5, 1e8])
    def test_columns_far_from_zero_lose_no_digits(self, offset: float) -> None:
        model = problem()
        X, y = model.rows("rows")
        moved = LinearModel(
            np.round(X, 3) + offset, y, likelihood=BERNOULLI, prior=priors.Normal(1.5)
        )
        here = LinearModel(
            np.round(X, 3), y, likelihood=BERNOULLI, prior=priors.Normal(1.5)
        )
        there, found = fit_laplace(here), fit_laplace(moved)
        np.testing.assert_allclose(found.sd[1:], there.sd[1:], rtol=1e-7)
        np.testing.assert_allclose(found.coef, there.coef, rtol=1e-6)
        assert found.log_evidence == pytest.approx(there.log_evidence, abs=1e-6)

    def test_a_mode_that_is_not_found_is_an_error(self) -> None:
        X, y = np.arange(8.0)[:, None], np.repeat([0, 1], 4)
        model = LinearModel(X, y, likelihood=BERNOULLI, prior=priors.Normal(1e8))
        with pytest.raises(ArithmeticError, match="the search did not reach a mode"):
            fit_laplace(model, max_iterations=3)

    def test_unknown_scales_are_refused(self) -> None:
        X, y = datasets.diabetes()
        model = LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(priors.HalfNormal(50)),
            prior=priors.Normal(20.0),
        )
        with pytest.raises(
            ValueError, match="fit_laplace needs known scales, got priors on noise_sd"
        ):
            fit_laplace(model)


@pytest.mark.parametrize(
    ("engine", "amount"),
    [
        ("nutpie", 250),
        pytest.param("nutpie", 1000, marks=pytest.mark.slow),
        pytest.param("pymc", 500, marks=pytest.mark.slow),
    ],
)
def test_draws_have_the_moments_of_the_integral(engine: Any, amount: int) -> None:
    """Four numbers within 6 Monte-Carlo standard errors: false alarms 3e-8 in all.

    The predictions of 25 rows, within 6 standard errors of independent signs: 2e-7.
    """
    model = problem(n=25, p=1)
    laplace = fit_laplace(model)
    axes = [
        m + s * np.linspace(-9, 9, 101)  # the rule of sums loses exp(-2 (π / 0.18)²)
        for m, s in zip(laplace.mean, laplace.sd, strict=True)
    ]
    log_density = np.array(
        [[model.log_posterior(np.array([a, b])) for b in axes[1]] for a in axes[0]]
    )
    weights = np.exp(log_density - log_density.max())
    weights /= weights.sum()
    tree = fit_mcmc(
        model,
        draws=amount,
        tune=amount,
        seed=1,
        engine=engine,
        progress=False,
        log_likelihood=True,
        posterior_predictive=True,
    )
    for name, axis, marginal in (
        ("intercept", axes[0], weights.sum(axis=1)),
        ("coef", axes[1], weights.sum(axis=0)),
    ):
        mean = axis @ marginal
        sd = np.sqrt((axis - mean) ** 2 @ marginal)
        draws = tree["posterior"][name].to_numpy().reshape(4, amount)
        summary: Any = az.summary({name: draws}, round_to="none")
        assert abs(draws.mean() - mean) < 6 * float(summary["mcse_mean"].iloc[0])
        assert abs(draws.std() - sd) < 6 * float(summary["mcse_sd"].iloc[0])
    assert tree["log_likelihood"]["y"].shape == (4, amount, 25)
    total = tree["log_likelihood"]["y"].to_numpy()[0, 0].sum()
    first = [
        float(tree["posterior"][name].to_numpy()[0, 0].item())
        for name in ("intercept", "coef")
    ]
    assert total == pytest.approx(model.log_likelihood(np.array(first)), rel=1e-9)
    np.testing.assert_array_equal(tree["observed_data"]["y"], model.y)
    predicted = tree["posterior_predictive"]["y"]
    assert set(np.unique(predicted)) == {-1.0, 1.0}
    eta = (
        tree["posterior"]["intercept"].to_numpy()[..., None]
        + tree["posterior"]["coef"].to_numpy() @ model.rows("x")[0].T
    )
    expected = 2 * special.expit(eta).mean(axis=(0, 1)) - 1
    np.testing.assert_allclose(
        predicted.mean(("chain", "draw")), expected, atol=6 / np.sqrt(4 * amount)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_count_in_draws_and_their_groups(engine: Any) -> None:
    model = problem(n=25, p=1, weighted=True)
    options = {
        "draws": 200,
        "tune": 200,
        "chains": 2,
        "log_likelihood": True,
        "posterior_predictive": True,
    }
    tree = fit_mcmc(model, seed=1, engine=engine, progress=False, **options)
    first = [
        float(tree["posterior"][name].to_numpy()[0, 0].item())
        for name in ("intercept", "coef")
    ]
    total = tree["log_likelihood"]["y"].to_numpy()[0, 0].sum()
    assert total == pytest.approx(model.log_likelihood(np.array(first)), rel=1e-9)
    assert set(np.unique(tree["posterior_predictive"]["y"])) == {-1.0, 1.0}


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1, 1, 1, 1], "y must have two classes, got 1: 1"),
        (["a", "b", "c", "a"], "y must have two classes, got 3: 'a', 'b', 'c'"),
        (
            [0.1, 0.2, 0.3, 0.4],
            r"y must have two classes, got 4: 0.1, 0.2, 0.3, 0.4; is it a number\?",
        ),
        (
            [0.0, 1.0, np.nan, 1.0],
            r"y must have a label in every row, got nan in row 2 \(counting from 0\)",
        ),
        (["a", None, "b", "a"], "y must have a label in every row, got None in row 1"),
        ([1, "a", 1, 1], "y must have labels of one type"),
        ([0.0, 1.0, np.inf, 1.0], "y must have a label in every row, got inf in row 2"),
        ([1, 0], "y must have 4 entries in one dimension, got shape"),
        ([[1, 0, 1, 0]], "y must have 4 entries in one dimension, got shape"),
    ],
)
def test_labels_that_are_not_two_classes_are_refused(y: Any, message: str) -> None:
    y = np.array(y, dtype=object) if "one type" in message else y
    with pytest.raises(ValueError, match=message):
        LinearModel(
            np.arange(4.0)[:, None], y, likelihood=BERNOULLI, prior=priors.Normal(1.0)
        )


def test_separable_classes_need_a_prior() -> None:
    X = np.arange(8.0)[:, None]
    complete, touching = np.repeat([0, 1], 4), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    at_one_point = np.array([0.0, 1, 2, 3, 3, 4, 5, 6])[:, None]
    for columns, labels in ((X, complete), (at_one_point, touching)):
        flat = LinearModel(columns, labels, likelihood=BERNOULLI, prior=priors.Flat())
        for route in (fit_penalised, fit_map, fit_laplace, fit_mcmc):
            with pytest.raises(
                ValueError, match="no maximum: a plane separates the two classes"
            ):
                route(flat)
        normal = LinearModel(
            columns, labels, likelihood=BERNOULLI, prior=priors.Normal(2.0)
        )
        assert fit_map(normal).converged


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("offset", [0.0, 1e7])
def test_separability_does_not_depend_on_units_and_origins(
    scale: float, offset: float
) -> None:
    """Overlapping classes have a maximum in any unit and far from zero."""
    column = np.array([0.0, 1, 2, 3, 4, 5, 6, 7])[:, None] * scale + offset * scale
    overlapping, parted = [0, 0, 0, 1, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]
    estimate = fit_map(
        LinearModel(column, overlapping, likelihood=BERNOULLI, prior=priors.Flat())
    )
    reference = fit_map(
        LinearModel(
            np.arange(8.0)[:, None],
            overlapping,
            likelihood=BERNOULLI,
            prior=priors.Flat(),
        )
    )
    assert estimate.coef[0] * scale == pytest.approx(reference.coef[0], rel=1e-6)
    with pytest.raises(ValueError, match="a plane separates the two classes"):
        fit_map(LinearModel(column, parted, likelihood=BERNOULLI, prior=priors.Flat()))


def test_separable_classes_are_found_by_a_small_column_and_far_from_zero() -> None:
    """A small column separates classes beside a useless one of 1e9; and one at 1e10."""
    steps, parted = np.arange(8.0), np.repeat([0, 1], 4)
    noise = 1e9 * np.array([1.0, -1, 1, -1, -1, 1, -1, 1])
    for X in (np.column_stack([noise, steps - 3.5]), (1e10 + steps)[:, None]):
        with pytest.raises(ValueError, match="a plane separates the two classes"):
            fit_map(LinearModel(X, parted, likelihood=BERNOULLI, prior=priors.Flat()))
    overlapping = [0, 0, 0, 1, 0, 1, 1, 1]
    far = fit_map(
        LinearModel(
            (1e10 + steps)[:, None],
            overlapping,
            likelihood=BERNOULLI,
            prior=priors.Flat(),
        )
    )
    near = fit_map(
        LinearModel(
            steps[:, None], overlapping, likelihood=BERNOULLI, prior=priors.Flat()
        )
    )
    assert far.coef[0] == pytest.approx(near.coef[0], rel=1e-5)


def test_rows_of_weight_zero_have_no_class() -> None:
    X = np.arange(6.0)[:, None]
    weights = [1, 1, 1, 1, 0, 0]
    with pytest.raises(ValueError, match="y must have two classes, got 1: 0"):
        LinearModel(
            X,
            [0, 0, 0, 0, 1, 1],
            likelihood=BERNOULLI,
            prior=priors.Normal(1.0),
            weights=weights,
        )
    model = LinearModel(
        X,
        [0, 1, 0, 1, np.nan, 2],
        likelihood=BERNOULLI,
        prior=priors.Normal(1.0),
        weights=weights,
    )
    assert model.classes == (0.0, 1.0)


def test_categories_keep_their_order() -> None:
    y = pd.Series(["low", "high", "low", "high"]).astype(
        pd.CategoricalDtype(["low", "high"], ordered=True)
    )
    model = LinearModel(
        np.arange(4.0)[:, None], y, likelihood=BERNOULLI, prior=priors.Normal(1.0)
    )
    assert model.classes == ("low", "high")
    np.testing.assert_array_equal(model.y, [-1, 1, -1, 1])


def test_dependent_columns_need_a_prior() -> None:
    X = np.column_stack([np.arange(8.0), 2 * np.arange(8.0)])
    labels = [0, 1, 0, 1, 0, 1, 1, 1]
    with pytest.raises(
        ValueError,
        match="the intercept among them, must be independent, and their rank is 2",
    ):
        fit_penalised(LinearModel(X, labels, likelihood=BERNOULLI, prior=priors.Flat()))
    assert fit_map(
        LinearModel(X, labels, likelihood=BERNOULLI, prior=priors.Normal(1.0))
    ).converged


def test_functions_of_gaussian_models_refuse_two_classes() -> None:
    model = problem()
    with pytest.raises(
        ValueError,
        match="no exact posterior: the Bernoulli likelihood is not conjugate to a "
        "Gaussian",
    ):
        fit_exact(model)
    with pytest.raises(ValueError, match=r"fit_ridge needs likelihoods.Normal\(sd\)"):
        fit_ridge(model)
    for call in (lambda: model.statistics, lambda: penalty_path(model)):
        with pytest.raises(
            ValueError,
            match=r"this needs likelihoods.Normal\(sd\): .*Bernoulli\(\) is not "
            "Gaussian",
        ):
            call()


@pytest.mark.parametrize(
    "prior",
    [priors.Normal(1.0, relative_to_noise=True), priors.Normal(priors.HalfCauchy(1.0))],
    ids=repr,
)
def test_a_prior_must_have_a_scale_of_its_own(prior: priors.Prior) -> None:
    with pytest.raises(
        ValueError, match=r"prior must have a known sd: likelihoods\.Bernoulli"
    ):
        problem(prior=prior)


def test_likelihoods_do_not_mix() -> None:
    X, y = datasets.diabetes()
    gaussian = LinearModel(
        X, y, likelihood=likelihoods.Normal(54.0), prior=priors.Normal(20.0)
    )
    with pytest.raises(
        ValueError,
        match=r"likelihood must be of the kind of these rows, whose y holds numbers",
    ):
        replace(gaussian, likelihood=BERNOULLI, prior=priors.Normal(1.0))
    with pytest.raises(
        ValueError, match=r"likelihood must be likelihoods.Normal\(sd\) without rows"
    ):
        LinearModel.from_statistics(
            gaussian.statistics, likelihood=BERNOULLI, prior=priors.Normal(1.0)
        )
    with pytest.raises(
        ValueError, match=r"penalty_in needs a penalty under likelihoods.Bernoulli"
    ):
        penalty_in(problem(prior=priors.Flat()), "LogisticRegression")


@pytest.mark.parametrize("intercept", [True, False])
def test_intercept_can_be_a_bool_of_numpy(intercept: bool) -> None:
    ours, theirs = problem(intercept=intercept), problem(intercept=np.bool(intercept))
    assert theirs.intercept is intercept
    assert theirs.parameter_names == ours.parameter_names
    np.testing.assert_array_equal(fit_map(theirs).coef, fit_map(ours).coef)


def test_the_representation() -> None:
    assert repr(problem()) == (
        "LinearModel(<60 rows, 3 features>, likelihood=likelihoods.Bernoulli(), "
        "prior=priors.Normal(sd=1.5))"
    )
