"""Every loss with every penalty by every route.

The other sides are naive sums, PyMC, scikit-learn and integrals on grids.
"""

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from bayes_l2 import (
    LinearModel,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    penalty_in,
    priors,
    pymc_program,
)

LIKELIHOODS = {
    "normal": likelihoods.Normal(1.3),
    "laplace": likelihoods.Laplace(0.8),
    "bernoulli": likelihoods.Bernoulli(),
    "categorical": likelihoods.Categorical(),
    "poisson": likelihoods.Poisson(),
}
PRIORS = {
    "L2": priors.Normal(0.7),
    "full": priors.Normal(
        mean=[0.1, 0.2, -0.3], cov=[[1.0, 0.3, 0.1], [0.3, 0.8, 0.2], [0.1, 0.2, 0.6]]
    ),
    "L1": priors.Laplace(0.6),
    "strong L1": priors.Laplace(0.02),
    "elastic net": priors.ElasticNet(l1_scale=0.5, l2_sd=0.9),
    "flat": priors.Flat(),
}
# PyMC compiles its program for seconds; the fast suite samples one, in test_mcmc.py
ENGINES = ["nutpie", pytest.param("pymc", marks=pytest.mark.slow)]
AMOUNTS = [
    ("nutpie", 250),
    pytest.param("nutpie", 1000, marks=pytest.mark.slow),
    pytest.param("pymc", 500, marks=pytest.mark.slow),
]
WEIGHTED = [(False, True), (True, True), (False, False), (True, False)]
NO_ESTIMATOR = [
    ("laplace", "L2"),
    ("laplace", "elastic net"),
    ("poisson", "L1"),
    ("poisson", "strong L1"),
    ("poisson", "elastic net"),
]
PENALISED = [
    (likelihood, prior)
    for likelihood, prior in product(
        LIKELIHOODS, ("L2", "L1", "strong L1", "elastic net", "flat")
    )
    if (likelihood, prior) not in NO_ESTIMATOR
]


def problem(
    likelihood: str,
    prior: str,
    *,
    weighted: bool = False,
    intercept: bool = True,
    n: int = 60,
) -> LinearModel:
    rng = np.random.default_rng(7)
    X = rng.standard_normal((n, 3)) * [0.5, 2.0, 3.0] + [5.0, 0.0, -2.0]
    line = X @ [1.0, -0.5, 0.2]
    line = line - line.mean()
    y: Any = line + rng.laplace(size=n)
    if likelihood == "bernoulli":
        y = np.where(line + rng.logistic(size=n) > 0, "yes", "no")
    if likelihood == "categorical":
        y = np.array(["dog", "cat", "emu", "fox"])[
            np.argmax(np.outer(line, [0.5, 0, -0.5, 0.2]) + rng.gumbel(size=(n, 4)), 1)
        ]
    if likelihood == "poisson":
        y = rng.poisson(np.exp(line / 2))
    weights = rng.uniform(0.5, 2.0, n) if weighted else None
    return LinearModel(
        X,
        y,
        likelihood=LIKELIHOODS[likelihood],
        prior=PRIORS[prior],
        weights=weights,
        intercept=intercept,
    )


def parts_by_hand(
    model: LinearModel, parameters: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return intercepts (K,) and coefficients (K, p), with K = 1 but for categories.

    Parameters of categories with a flat prior sum to zero.
    """
    p = model.n_features
    if not isinstance(model.likelihood, likelihoods.Categorical):
        first = int(model.intercept)
        a = parameters[:1] if model.intercept else np.zeros(1)
        return a, parameters[None, first:]
    k = len(model.classes or ())
    a, b = np.zeros(k), parameters
    if model.intercept:
        a = np.append(parameters[: k - 1], -parameters[: k - 1].sum())
        b = parameters[k - 1 :]
    b = b.reshape(-1, p)
    if isinstance(model.prior, priors.Flat):
        b = np.vstack([b, -b.sum(axis=0)])
    return a, b


def naive_log_posterior(model: LinearModel, parameters: np.ndarray) -> float:
    """Return the sum over rows and coefficients of SciPy's log densities."""
    X, y = model.rows("the oracle")
    a, b = parts_by_hand(model, parameters)
    weights = np.ones(len(y)) if model.weights is None else model.weights
    total = 0.0
    for x, label, w in zip(X, y, weights, strict=True):
        line = a + b @ x
        match model.likelihood:
            case likelihoods.Normal(sd=sd):
                total += stats.norm.logpdf(label, line[0], sd / np.sqrt(w))
            case likelihoods.Laplace(scale=scale):
                total += stats.laplace.logpdf(label, line[0], scale / w)
            case likelihoods.Bernoulli():
                total += w * np.log(1 / (1 + np.exp(-label * line[0])))
            case likelihoods.Poisson():
                total += w * stats.poisson.logpmf(label, np.exp(line[0]))
            case likelihoods.Categorical():
                total += w * np.log(np.exp(line[int(label)]) / np.exp(line).sum())
            case _:
                raise ValueError(model.likelihood)
    for row in b:
        match model.prior:
            case priors.Laplace(scale=scale):
                total += stats.laplace.logpdf(row, 0, scale).sum()
            case priors.ElasticNet(l1_scale=s, l2_sd=sd):
                half, _ = integrate.quad(
                    lambda b: np.exp(-b / s - b**2 / (2 * sd**2)), 0, np.inf
                )
                total -= np.sum(np.abs(row) / s + row**2 / (2 * sd**2))
                total -= len(row) * np.log(2 * half)
            case priors.Normal():
                cov = (
                    np.eye(len(row)) * 0.7**2
                    if model.prior.cov is None
                    else model.prior.cov
                )
                total += stats.multivariate_normal(
                    model.prior.mean_vector(len(row)), cov
                ).logpdf(row)
    return float(total)


@pytest.mark.parametrize(("weighted", "intercept"), WEIGHTED)
@pytest.mark.parametrize("prior", ["L2", "full", "L1", "elastic net", "flat"])
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_the_density_and_its_derivatives(
    likelihood: str, prior: str, weighted: bool, intercept: bool
) -> None:
    model = problem(likelihood, prior, weighted=weighted, intercept=intercept)
    point = np.random.default_rng(3).standard_normal(len(model.parameter_names)) / 2
    expected = naive_log_posterior(model, point)
    assert model.log_posterior(point) == pytest.approx(expected, rel=1e-11)
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
    np.testing.assert_allclose(model.hessian(point), curvature, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(("weighted", "intercept"), WEIGHTED[1:3])
@pytest.mark.parametrize("prior", ["L2", "L1", "elastic net", "flat"])
@pytest.mark.parametrize("likelihood", ["laplace", "categorical", "poisson"])
@pytest.mark.usefixtures("interpreted")
def test_the_density_is_that_of_pymc(
    likelihood: str, prior: str, weighted: bool, intercept: bool
) -> None:
    """The point is given to PyMC by PyMC's own free variables."""
    model = problem(likelihood, prior, weighted=weighted, intercept=intercept)
    X, y = model.rows("PyMC")
    point = np.random.default_rng(5).standard_normal(len(model.parameter_names)) / 2
    a, b = parts_by_hand(model, point)
    at_mean = a + b @ np.average(X, axis=0, weights=model.weights)
    if likelihood == "categorical":
        values = {"coef_free__": b[:-1]} if prior == "flat" else {"coef": b}
        values |= (
            {"intercept_offset__": (at_mean - at_mean.mean())[:-1]} if intercept else {}
        )
    else:
        origin = 0.0
        if model.likelihood.moves_with_y:
            origin = float(np.average(y, weights=model.weights))
        offset = np.array(at_mean[0] - origin)
        values = {"coef": b[0]} | ({"intercept_offset__": offset} if intercept else {})
    logp = pymc_program(model).compile_logp(mode="FAST_COMPILE")
    assert model.log_posterior(point) == pytest.approx(float(logp(values)), rel=1e-10)


@pytest.mark.parametrize(("weighted", "intercept"), WEIGHTED)
@pytest.mark.parametrize(("likelihood", "prior"), PENALISED)
def test_the_penalised_fit_is_the_map(
    likelihood: str, prior: str, weighted: bool, intercept: bool
) -> None:
    """To 1e-6 posterior sds for smooth densities, else to 1e-6 of the objective."""
    model = problem(likelihood, prior, weighted=weighted, intercept=intercept)
    penalised, maximum = fit_penalised(model), fit_map(model)
    assert maximum.converged
    assert penalised.converged
    assert penalised.objective == pytest.approx(maximum.objective, rel=1e-6)
    assert maximum.objective == pytest.approx(
        -naive_log_posterior(model, model.join(maximum.intercept, maximum.coef)),
        rel=1e-11,
    )
    if model.is_smooth:
        best = model.join(maximum.intercept, maximum.coef)
        sds = np.sqrt(np.diag(np.linalg.inv(-model.hessian(best))))
        other = model.join(penalised.intercept, penalised.coef)
        assert np.abs((other - best) / sds).max() < 1e-6
        assert maximum.duality_gap == 0.0


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_no_point_nearby_is_better_than_the_map(likelihood: str) -> None:
    """By the naive density, along random directions."""
    for prior in ("L1", "strong L1", "elastic net", "L2"):
        model = problem(likelihood, prior)
        maximum = fit_map(model)
        best = model.join(maximum.intercept, maximum.coef)
        top = naive_log_posterior(model, best)
        rng = np.random.default_rng(1)
        for size in (1e-6, 1e-3, 0.1):
            for _ in range(5):
                nearby = best + size * rng.standard_normal(len(best))
                assert naive_log_posterior(model, nearby) <= top + 1e-9


def test_a_strong_penalty_has_exact_zeros() -> None:
    for likelihood in LIKELIHOODS:
        assert (fit_map(problem(likelihood, "strong L1")).coef == 0.0).any(), likelihood
        assert not (fit_map(problem(likelihood, "L2")).coef == 0.0).any(), likelihood


def one_coefficient(likelihood: str, prior: str) -> LinearModel:
    rng = np.random.default_rng(2)
    x = rng.standard_normal(12)
    y: Any = x + rng.laplace(size=12)
    y = np.where(y > 0, 1, 0) if likelihood == "bernoulli" else y
    y = np.round(np.exp(x)) if likelihood == "poisson" else y
    return LinearModel(
        x[:, None],
        y,
        likelihood=LIKELIHOODS[likelihood],
        prior=PRIORS[prior],
        intercept=False,
    )


@cache
def moments_by_integral(likelihood: str, prior: str) -> tuple[float, float, float]:
    """Return the mean, sd and kurtosis of the naive density on a grid."""
    model = one_coefficient(likelihood, prior)
    grid = np.linspace(-6, 6, 20_001)
    logs = np.array([naive_log_posterior(model, np.array([b])) for b in grid[::20]])
    logs = np.interp(grid, grid[::20], logs)
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    mean = float(grid @ mass)
    sd = float(np.sqrt((grid - mean) ** 2 @ mass))
    return mean, sd, float((grid - mean) ** 4 @ mass) / sd**4


@pytest.mark.parametrize(("engine", "amount"), AMOUNTS)
@pytest.mark.parametrize(
    ("likelihood", "prior"),
    [
        ("laplace", "L1"),
        pytest.param("bernoulli", "L1", marks=pytest.mark.slow),
        pytest.param("normal", "strong L1", marks=pytest.mark.slow),
        ("poisson", "L2"),
        pytest.param("normal", "elastic net", marks=pytest.mark.slow),
    ],
)
def test_draws_have_the_moments_of_the_integral(
    likelihood: str, prior: str, engine: Any, amount: int
) -> None:
    """Means and sds within 6.5 Monte-Carlo standard errors.

    Five models, two moments, and three amounts: false alarms 3e-9 in all.
    """
    model = one_coefficient(likelihood, prior)
    mean, sd, kurtosis = moments_by_integral(likelihood, prior)
    tree = fit_mcmc(
        model, draws=amount, tune=amount, seed=1, engine=engine, progress=False
    )
    draws = tree["posterior"].to_dataset()["coef"]
    import arviz as az

    ess_mean, ess_sd = (
        float(az.ess(draws.to_dataset(), method=method)["coef"].squeeze())
        for method in ("mean", "sd")
    )
    assert abs(float(draws.mean()) - mean) < 6.5 * sd / np.sqrt(ess_mean)
    assert abs(float(draws.std(ddof=1)) - sd) < 6.5 * sd * np.sqrt(
        (kurtosis - 1) / 4 / ess_sd
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("prior", ["L2", "flat"])
@pytest.mark.usefixtures("interpreted")
def test_draws_of_classes_have_names_and_all_groups(engine: Any, prior: str) -> None:
    model = problem("categorical", prior, weighted=True)
    asked = {"posterior_predictive": True, "log_likelihood": True}
    tree = fit_mcmc(
        model,
        draws=20,
        tune={"nutpie": 20, "pymc": 100}[engine],
        chains=2,
        seed=1,
        engine=engine,
        progress=False,
        **asked,
    )
    posterior = tree["posterior"].to_dataset()
    assert posterior["coef"].dims == ("chain", "draw", "class", "feature")
    assert list(posterior["class"].to_numpy()) == ["cat", "dog", "emu", "fox"]
    np.testing.assert_allclose(posterior["intercept"].sum("class"), 0, atol=1e-12)
    if prior == "flat":
        np.testing.assert_allclose(posterior["coef"].sum("class"), 0, atol=1e-12)
    assert set(np.unique(tree["posterior_predictive"]["y"])) == {0.0, 1.0, 2.0, 3.0}
    X, y = model.rows("the test")
    line = (
        posterior["intercept"].to_numpy()[1, 3]
        + X @ posterior["coef"].to_numpy()[1, 3].T
    )
    shares = np.exp(line) / np.exp(line).sum(axis=1, keepdims=True)
    expected = model.weights * np.log(shares[np.arange(len(y)), y.astype(int)])
    np.testing.assert_allclose(
        tree["log_likelihood"]["y"].to_numpy()[1, 3], expected, rtol=1e-8
    )


class TestClasses:
    def test_the_penalty_makes_coefficients_sum_to_zero(self) -> None:
        """Without a penalty the constraint does.

        A constant added to the predictors of all classes changes no probability.
        """
        for prior in ("L2", "flat"):
            found = fit_map(problem("categorical", prior))
            np.testing.assert_allclose(found.coef.sum(axis=0), 0, atol=1e-8)
            assert found.intercept.sum() == pytest.approx(0, abs=1e-12)

    def test_probabilities(self) -> None:
        model = problem("categorical", "L2")
        X, y = model.rows("the test")
        found, laplace = fit_map(model), fit_laplace(model)
        reference = LogisticRegression(C=0.49, tol=1e-12, max_iter=10**5).fit(X, y)
        np.testing.assert_allclose(
            found.predict(X), reference.predict_proba(X), atol=1e-6
        )
        averaged = laplace.predict(X)
        np.testing.assert_allclose(averaged.sum(axis=1), 1, rtol=1e-12)
        draws = laplace.sample(np.random.default_rng(1), 100_000)
        for row in (0, 17):
            a = np.column_stack([draws[:, :3], -draws[:, :3].sum(axis=1)])
            line = a + draws[:, 3:].reshape(-1, 4, 3) @ X[row]
            shares = np.exp(line) / np.exp(line).sum(axis=1, keepdims=True)
            np.testing.assert_allclose(
                averaged[row], shares.mean(axis=0), atol=7 * 0.5 / np.sqrt(100_000)
            )
            mean, sd = (each[row] for each in laplace.linear_predictor(X))
            np.testing.assert_allclose(
                mean, line.mean(axis=0), atol=7 * sd.max() / np.sqrt(100_000)
            )
            np.testing.assert_allclose(sd, line.std(axis=0), rtol=7 / np.sqrt(200_000))

    def test_two_classes_predict_by_their_margin(self) -> None:
        model = problem("bernoulli", "L2")
        X, _ = model.rows("the test")
        found = fit_map(model)
        np.testing.assert_allclose(
            found.predict(X),
            1 / (1 + np.exp(-found.intercept - X @ found.coef)),
            rtol=1e-12,
        )
        gaussian = fit_map(problem("normal", "L2"))
        X, _ = gaussian.model.rows("the test")
        np.testing.assert_allclose(
            gaussian.predict(X), gaussian.intercept + X @ gaussian.coef, rtol=1e-12
        )

    def test_predictions_need_the_columns_of_the_fit(self) -> None:
        with pytest.raises(
            ValueError, match=r"X must have 3 columns \(x0, x1, x2\), got 2"
        ):
            fit_map(problem("categorical", "L2")).predict(np.ones((4, 2)))

    @pytest.mark.parametrize(
        ("images", "pixels"),
        [
            (slice(400), slice(1, None, 2)),
            pytest.param(slice(None), slice(None), marks=pytest.mark.slow),
        ],
        ids=["400 halves", "all"],
    )
    def test_digits(self, images: slice, pixels: slice) -> None:
        """1797 images, ten classes: scikit-learn and the MAP to 1e-6 posterior sds."""
        X, y = load_digits(return_X_y=True)
        X, y = X[images, pixels], y[images]
        model = LinearModel(
            X, y, likelihood=likelihoods.Categorical(), prior=priors.Normal(0.1)
        )
        laplace, penalised = fit_laplace(model), fit_penalised(model)
        assert model.layout.lines == 10
        difference = model.join(penalised.intercept, penalised.coef) - laplace.mean
        assert np.abs(difference / laplace.sd).max() < 1e-6
        assert (penalised.predict(X).argmax(axis=1) == y).mean() > 0.98

    def test_categories_keep_their_order(self) -> None:
        y = pd.Series(["low", "high", "mid"] * 5).astype(
            pd.CategoricalDtype(["low", "mid", "high", "never"])
        )
        model = LinearModel(
            np.random.default_rng(0).standard_normal((15, 2)),
            y,
            likelihood=likelihoods.Categorical(),
            prior=PRIORS["L2"],
        )
        assert model.classes == ("low", "mid", "high")
        coefs = [f"{x}[{y}]" for y in ("low", "mid", "high") for x in ("x0", "x1")]
        intercepts = ["intercept[low]", "intercept[mid]"]
        assert list(model.parameter_names) == intercepts + coefs


BAD: dict[str, tuple[Any, Any, str]] = {
    "one class": (
        "categorical",
        ["a"] * 8,
        "y must have three or more classes, got 1: 'a'",
    ),
    "two classes": (
        "categorical",
        ["a", "b"] * 4,
        "got 2: 'a', 'b'; likelihoods.Bernoulli\\(\\) takes two",
    ),
    "as many classes as rows": (
        "categorical",
        np.arange(8.0) / 3,
        "got as many different numbers as rows, 8: 0.0, .*, \\.\\.\\.",
    ),
    "no label": (
        "categorical",
        ["a", "b", None, "c", "a", "b", "c", "a"],
        "a label in every row, got None in row 2",
    ),
    "NaN": (
        "categorical",
        [0, 1, np.nan, 2, 0, 1, 2, 0],
        "a label in every row, got nan in row 2",
    ),
    "counts": (
        "bernoulli",
        [0, 1, 2, 3, 0, 1, 2, 3],
        "two classes, got 4: .*; likelihoods.Categorical\\(\\) takes more",
    ),
    "text": ("laplace", ["a"] * 8, "y must hold numbers, got the text 'a' in row 0"),
    "infinite": ("laplace", [np.inf] * 8, "y must be finite, got inf in row 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_y_must_be_in_the_support(case: str) -> None:
    likelihood, y, message = BAD[case]
    X = np.random.default_rng(0).standard_normal((8, 2))
    with pytest.raises(ValueError, match=message):
        LinearModel(X, y, likelihood=LIKELIHOODS[likelihood], prior=priors.Normal(1.0))


def test_separable_classes_need_a_prior() -> None:
    X = np.array([[0.0, 0], [1, 0], [0, 5], [1, 5], [9, 0], [9, 1], [8, 2]])
    y = ["a", "a", "b", "b", "c", "c", "c"]
    with pytest.raises(
        ValueError,
        match="planes separate the classes, and the likelihood grows without end",
    ):
        fit_map(
            LinearModel(X, y, likelihood=likelihoods.Categorical(), prior=priors.Flat())
        )
    # all directions but those of the intercepts have a penalty
    for prior in (priors.Normal(1.0), priors.Laplace(1.0)):
        assert fit_map(
            LinearModel(X, y, likelihood=likelihoods.Categorical(), prior=prior)
        ).converged
    mixed = LinearModel(
        np.tile(X, (3, 1)),
        np.repeat(["a", "b", "c"], 7),
        likelihood=likelihoods.Categorical(),
        prior=priors.Flat(),
    )
    assert fit_map(mixed).converged


def test_absolute_loss_needs_independent_columns_without_a_penalty() -> None:
    X = np.column_stack([np.arange(6.0), 2 * np.arange(6.0)])
    flat = LinearModel(
        X, np.arange(6.0), likelihood=likelihoods.Laplace(1.0), prior=priors.Flat()
    )
    with pytest.raises(ValueError, match="must be independent, and their rank is 2"):
        fit_map(flat)
    assert fit_map(
        replace(flat, likelihood=likelihoods.Laplace(1.0), prior=priors.Laplace(1.0))
    ).converged


def test_routes_refuse_pairs_that_they_do_not_fit() -> None:
    absolute, lasso = problem("laplace", "L2"), problem("normal", "L1")
    with pytest.raises(
        ValueError,
        match="absolute loss with an L2 penalty; no estimator of scikit-learn's is "
        "used for it; fit_map",
    ):
        fit_penalised(absolute)
    with pytest.raises(
        ValueError,
        match="no exact posterior: the Laplace prior is not conjugate to a Gaussian "
        "likelihood",
    ):
        fit_exact(lasso)
    with pytest.raises(
        ValueError,
        match="no exact posterior: the Laplace likelihood is not Gaussian; "
        "fit_mcmc draws",
    ):
        fit_exact(problem("laplace", "L1"))
    with pytest.raises(
        ValueError,
        match=r"fit_laplace needs a smooth log posterior, .* has kinks; use fit_mcmc",
    ):
        fit_laplace(lasso)
    with pytest.raises(
        ValueError,
        match="engine must be 'scipy' where the log posterior has kinks, got 'pymc'",
    ):
        fit_map(lasso, engine="pymc")
    with pytest.raises(
        ValueError, match=r"fit_ridge needs likelihoods.Normal\(sd\) and no L1 penalty"
    ):
        fit_ridge(lasso)
    with pytest.raises(ValueError, match="which is no multiple of"):
        _ = lasso.penalty
    with pytest.raises(
        ValueError,
        match=r"likelihood must have a known sd under priors.Laplace\(scale=1\)",
    ):
        LinearModel(
            [[1.0]],
            [1.0],
            likelihood=likelihoods.Normal(priors.HalfNormal(1)),
            prior=priors.Laplace(1),
        )
    with pytest.raises(
        ValueError, match="prior scale must be positive and finite, got 0"
    ):
        priors.Laplace(0.0)


def test_names_and_representations() -> None:
    assert repr(priors.Laplace(0.5)) == "priors.Laplace(scale=0.5)"
    assert repr(likelihoods.Categorical()) == "likelihoods.Categorical()"
    assert [each.name for each in PRIORS.values()] == [
        "L2",
        "L2",
        "L1",
        "L1",
        "elastic-net",
        "none",
    ]
    assert [each.is_smooth for each in LIKELIHOODS.values()] == [
        True,
        False,
        True,
        True,
        True,
    ]


def test_softmax_is_a_loss_of_differences() -> None:
    d = np.array([[0.0, -1.0, 2.0], [3.0, 0.0, 0.0]])
    loss = likelihoods.Categorical()
    np.testing.assert_allclose(loss.loss(d), np.log(np.exp(d).sum(axis=1)), rtol=1e-14)
    slopes = [(loss.loss(d + h) - loss.loss(d - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    np.testing.assert_allclose(loss.gradient(d).T, slopes, rtol=1e-8)


def test_large_coefficients_do_not_overflow() -> None:
    model = problem("categorical", "L2", n=6)
    point = np.array([1e3, -1e3, 0.0, *np.linspace(-1e3, 1e3, 12)])
    value, gradient = model.log_posterior.value_and_gradient(point)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    assert value == pytest.approx(model.log_posterior(point), rel=1e-12)


@pytest.mark.parametrize(
    ("mean", "sd"),
    [(1.0, 3.0), (1.0, 10.0), (5.0, 30.0), (50.0, 99.0), (50.0, 101.0), (-3, 1e4)],
)
def test_the_average_over_wide_predictors(mean: float, sd: float) -> None:
    expected, _ = integrate.quad(
        lambda z: special.expit(mean + sd * z) * stats.norm.pdf(z),
        -12,
        12,
        points=[-mean / sd],
        limit=500,
    )
    assert likelihoods.Bernoulli().expected(np.array([mean]), np.array([[sd]]))[
        0
    ] == pytest.approx(expected, abs=1e-8)


def test_a_penalty_in_the_units_of_its_own_loss() -> None:
    assert penalty_in(problem("normal", "L1"), "lasso").value == pytest.approx(
        1.3**2 / (60 * 0.6)
    )
    assert penalty_in(
        problem("categorical", "L2"), "LogisticRegression"
    ).value == pytest.approx(0.49)
    assert penalty_in(problem("bernoulli", "L1"), "laplace-scale").value == 0.6
    with pytest.raises(
        ValueError,
        match=r"convention must be one with the loss of "
        r"likelihoods.Bernoulli\(\): ridge",
    ):
        penalty_in(problem("bernoulli", "L2"), "ridge")
    with pytest.raises(
        ValueError,
        match=r"convention must be one with the loss of .*Normal.*: "
        "logistic-regression has",
    ):
        penalty_in(problem("normal", "L2"), "LogisticRegression")
    with pytest.raises(
        ValueError, match=r"penalty_in does not know likelihoods.Laplace"
    ):
        penalty_in(problem("laplace", "L2"), "ridge")


def test_saga_reaches_columns_far_from_zero() -> None:
    near = problem("bernoulli", "L1")
    X, y = near.rows("the test")
    far = LinearModel(X + 300, y, likelihood=near.likelihood, prior=near.prior)
    np.testing.assert_allclose(fit_penalised(far).coef, fit_map(near).coef, atol=1e-5)
