"""Predictions of new rows, held against sums and formulas of textbooks."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from bayes_l2 import (
    ApproximateComparison,
    Comparison,
    LinearModel,
    compare,
    fit_exact,
    fit_map,
    likelihoods,
    priors,
)
from bayes_l2.comparison import predictions
from tests.every_pair import responses

RNG = np.random.default_rng(7)
X = pd.DataFrame(RNG.normal(size=(60, 2)), columns=["age", "dose"])
RESPONSES = responses(RNG, 1.0 + X.to_numpy() @ [0.8, -0.5])
NEW = pd.DataFrame({"dose": [0.0, 1.0, -3.0], "age": [0.0, 2.0, 1.0]}, index=[7, 3, 9])
ROWS = np.column_stack([np.ones(3), NEW["age"], NEW["dose"]])


def model_of(likelihood: Any, prior: Any, **options: Any) -> LinearModel:
    y = RESPONSES[type(likelihood).__name__]
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


def drawn_of(model: LinearModel, n: int = 600) -> dict[str, np.ndarray]:
    """Return draws that are about right: what is held is the sum over them."""
    rng, mode = np.random.default_rng(3), fit_map(model)
    draws: dict[str, np.ndarray] = {
        "coef": mode.coef + 0.2 * rng.normal(size=(2, n, *np.shape(mode.coef)))
    }
    shape = (2, n, *np.shape(mode.intercept))
    draws["intercept"] = mode.intercept + 0.2 * rng.normal(size=shape)
    return draws


def held(likelihood: Any, prior: Any, n: int = 600) -> tuple[Comparison, np.ndarray]:
    """Return a comparison with given draws, and their predictors at the new rows."""
    model = model_of(likelihood, prior)
    draws = drawn_of(model, n)
    intercept = draws["intercept"].reshape(2 * n, -1)
    coef = draws["coef"].reshape(2 * n, -1, 2)
    eta = np.array([intercept + coef @ row[1:] for row in ROWS])
    return compare(model, routes=["map"], mcmc=draws), eta


def test_known_scales_are_the_formula_of_the_textbook() -> None:
    model = model_of(likelihoods.Normal(sd=1.1), priors.Normal(sd=2.0))
    design = np.column_stack([np.ones(60), X])
    covariance = np.linalg.inv(design.T @ design / 1.21 + np.diag([0, 0.25, 0.25]))
    mean = ROWS @ covariance @ design.T @ RESPONSES["Normal"] / 1.21
    sd = np.sqrt(1.21 + np.sum(ROWS @ covariance * ROWS, axis=1))
    found = compare(model, routes=["map"]).predict(NEW, coverage=0.5)
    assert list(found.columns) == ["mean", "sd", "25%", "75%"]
    assert found.attrs == {"source": "exact posterior", "coverage": 0.5}
    pd.testing.assert_index_equal(found.index, NEW.index)
    wanted = [mean, sd, mean - 0.6744897501960817 * sd, mean + 0.6744897501960817 * sd]
    np.testing.assert_allclose(found.to_numpy().T, wanted, rtol=1e-12)


def test_an_array_has_rows_from_zero() -> None:
    model = model_of(likelihoods.Normal(sd=1.1), priors.Normal(sd=2.0))
    comparison = compare(model, routes=["map"])
    found = comparison.predict(ROWS[:, 1:])
    assert found.index.tolist() == [0, 1, 2]
    np.testing.assert_allclose(found, comparison.predict(NEW), rtol=1e-14)


@pytest.mark.parametrize(
    ("noise", "prior"),
    [
        (priors.FlatLogScale(), priors.Flat()),
        (priors.InverseGamma(2, 1), priors.Normal(1.0, relative_to_noise=True)),
        (priors.HalfNormal(2), priors.Normal(priors.HalfCauchy(1.0))),
        (1.0, priors.Normal(priors.HalfCauchy(1.0))),
    ],
)
def test_unknown_scales_are_those_of_simulated_observations(
    noise: Any, prior: Any
) -> None:
    """Moments are within five Monte-Carlo errors, and so is the coverage."""
    model = model_of(likelihoods.Normal(noise), prior)
    found = compare(model, routes=["map"]).predict(NEW, coverage=0.9)
    n, rng = 100_000, np.random.default_rng(5)
    draws = fit_exact(model).sample(rng, n)
    noise_sd = noise
    if not isinstance(noise, float):
        noise_sd = draws[:, model.parameter_names.index("noise_sd")]
    for row, (_, predicted) in zip(ROWS, found.iterrows(), strict=True):
        seen: Any = draws[:, :3] @ row + noise_sd * rng.normal(size=n)
        error = 5 * seen.std() / np.sqrt(n)
        assert abs(seen.mean() - predicted["mean"]) < error
        assert abs(seen.std() - predicted["sd"]) < 2 * error  # kurtosis below 9
        error = 5 * np.sqrt(0.05 * 0.95 / n)
        assert abs(np.mean(seen < predicted["5%"]) - 0.05) < error
        assert abs(np.mean(seen > predicted["95%"]) - 0.05) < error


@pytest.mark.parametrize("n", [100, 600])
@pytest.mark.parametrize(
    ("likelihood", "prior", "density"),
    [
        (likelihoods.Normal(1.5), priors.Laplace(1.0), stats.norm(scale=1.5)),
        (likelihoods.Normal(0.01), priors.Laplace(1.0), stats.norm(scale=0.01)),
        (likelihoods.Laplace(0.8), priors.Normal(1.0), stats.laplace(scale=0.8)),
    ],
)
def test_draws_are_a_mixture_of_the_noise_over_them(
    likelihood: Any, prior: Any, density: Any, n: int
) -> None:
    """Groups of draws move a probability by less than a tenth of its error."""
    comparison, eta = held(likelihood, prior, n)
    found = comparison.predict(NEW)
    assert found.attrs["source"] == f"{2 * n} draws"
    eta = eta[..., 0]
    np.testing.assert_allclose(found["mean"], eta.mean(axis=1), rtol=1e-12)
    variance = eta.var(axis=1) + density.var()
    np.testing.assert_allclose(found["sd"], np.sqrt(variance), rtol=1e-12)
    error = np.sqrt(0.025 * 0.975 / (2 * n))
    for end, level in (("2.5%", 0.025), ("97.5%", 0.975)):
        below = [
            density.cdf(y - line).mean()
            for y, line in zip(found[end], eta, strict=True)
        ]
        np.testing.assert_allclose(below, level, atol=0.1 * error)


def test_counts_have_whole_ends_with_at_least_the_coverage() -> None:
    comparison, eta = held(likelihoods.Poisson(), priors.Normal(1.0))
    found, rates = comparison.predict(NEW, coverage=0.8), np.exp(eta[..., 0])
    np.testing.assert_allclose(found["mean"], rates.mean(axis=1), rtol=1e-12)
    variance = rates.mean(axis=1) + rates.var(axis=1)
    np.testing.assert_allclose(found["sd"], np.sqrt(variance), rtol=1e-12)
    for end, level in (("10%", 0.1), ("90%", 0.9)):
        for count, rate in zip(found[end], rates, strict=True):
            wanted = next(
                k for k in range(1000) if stats.poisson.cdf(k, rate).mean() >= level
            )
            assert count == wanted
    assert not np.signbit(found["10%"]).any()


def test_rates_near_zero_have_zero_as_their_interval() -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    found = comparison.predict([[-4.0, 4.0]], coverage=0.8)
    assert found["mean"].item() < 0.1
    for end in ("10%", "90%"):
        assert found[end].item() == 0.0
        assert not np.signbit(found[end].item())  # -0.0 is no count


def test_counts_by_the_laplace_approximation_are_a_mixture_over_its_predictors() -> (
    None
):
    comparison = compare(
        model_of(likelihoods.Poisson(), priors.Normal(1.0)), routes=["map"]
    )
    found = comparison.predict(NEW)
    assert found.attrs["source"] == "Laplace approximation"
    assert comparison.laplace is not None
    mean, sd = comparison.laplace.linear_predictor(NEW)
    expected = np.exp(mean + sd**2 / 2)
    np.testing.assert_allclose(found["mean"], expected, rtol=1e-10)
    variance = expected + expected**2 * np.expm1(sd**2)
    np.testing.assert_allclose(found["sd"], np.sqrt(variance), rtol=1e-10)
    eta = mean + sd * np.random.default_rng(0).normal(size=(40_000, 3))
    for end, level in (("2.5%", 0.025), ("97.5%", 0.975)):
        counts = np.asarray(found[end])
        assert np.all(stats.poisson.cdf(counts, np.exp(eta)).mean(axis=0) >= level)
        fewer = stats.poisson.cdf(counts - 1, np.exp(eta)).mean(axis=0)
        assert np.all(fewer < level)


def softmax(eta: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.exp(eta) / np.exp(eta).sum(axis=-1, keepdims=True)


def test_two_classes_keep_their_labels() -> None:
    comparison, eta = held(likelihoods.Bernoulli(), priors.Laplace(1.0))
    found = comparison.predict(NEW)
    assert list(found.columns) == ["label", "P(no)", "P(yes)"]
    second = (1 / (1 + np.exp(-eta[..., 0]))).mean(axis=1)
    np.testing.assert_allclose(found["P(yes)"], second, rtol=1e-12)
    np.testing.assert_allclose(found["P(no)"], 1 - second, rtol=1e-12)
    assert found["label"].tolist() == np.where(second > 0.5, "yes", "no").tolist()


def test_three_classes_keep_their_labels() -> None:
    comparison, eta = held(likelihoods.Categorical(), priors.Normal(1.0))
    found = comparison.predict(NEW)
    assert list(found.columns) == ["label", "P(10)", "P(20)", "P(30)"]
    wanted = softmax(eta).mean(axis=1)
    np.testing.assert_allclose(found.iloc[:, 1:], wanted, rtol=1e-12)
    assert found["label"].tolist() == [10 * (1 + k) for k in wanted.argmax(axis=1)]


@pytest.mark.parametrize(
    "likelihood", [likelihoods.Bernoulli(), likelihoods.Categorical()]
)
def test_without_draws_the_laplace_approximation_gives_the_probabilities(
    likelihood: Any,
) -> None:
    comparison = compare(model_of(likelihood, priors.Normal(1.0)), routes=["map"])
    found = comparison.predict(NEW)
    assert found.attrs["source"] == "Laplace approximation"
    np.testing.assert_allclose(found.iloc[:, 1:].sum(axis=1), 1, rtol=1e-12)
    assert comparison.laplace is not None
    last = comparison.laplace.predict(NEW)
    last = last if last.ndim == 1 else last[:, -1]
    np.testing.assert_array_equal(found.iloc[:, -1], last)


def test_draws_of_an_unknown_noise_predict_where_the_exact_route_failed() -> None:
    """They agree with the exact predictions to five Monte-Carlo errors."""
    model = model_of(likelihoods.Normal(priors.HalfNormal(2)), priors.Normal(1.0))
    whole = compare(model, routes=["map"])
    assert whole.exact is not None
    draws = whole.exact.to_datatree(draws=2000, chains=2, seed=1)
    found = ApproximateComparison(model, None, mcmc=draws).predict(NEW)
    wanted = whole.predict(NEW)
    errors = wanted["sd"] / np.sqrt(4000)
    assert found.attrs["source"] == "4000 draws"
    for column in ("mean", "sd"):
        assert (abs(found[column] - wanted[column]) < errors).all()
    for column in ("2.5%", "97.5%"):  # the density at the ends is 0.058 / sd
        assert (abs(found[column] - wanted[column]) < 5 * 0.1 * errors / 0.058).all()


def test_many_rows_are_predicted_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind, size in ((likelihoods.Poisson(), 1), (likelihoods.Categorical(), 3)):
        comparison, _ = held(kind, priors.Normal(1.0))
        at_once = comparison.predict(X)
        with monkeypatch.context() as patch:
            rows, mean = list[int](), type(kind).mean

            def counted(eta: Any, rows: Any = rows, mean: Any = mean) -> Any:
                rows.append(len(eta))
                return mean(eta)

            patch.setattr(type(kind), "mean", staticmethod(counted))
            patch.setattr(predictions, "CHUNK", 20_000 * size)
            few = comparison.predict(X)
            assert rows == [15] * 4  # of 1200 draws each
            patch.setattr(predictions, "CHUNK", 1)  # a row has more predictors
            single = comparison.predict(X[:2])
        numbers = few.select_dtypes("float")
        np.testing.assert_allclose(numbers, at_once[numbers.columns], rtol=1e-12)
        pd.testing.assert_frame_equal(single, at_once.head(2), rtol=1e-12)


def test_a_point_alone_predicts_no_observation() -> None:
    model = model_of(likelihoods.Normal(1.0), priors.Laplace(1.0))
    wanted = "predictions need a posterior or draws.*compare by the route mcmc too"
    with pytest.raises(ValueError, match=wanted):
        compare(model, routes=["map"]).predict(NEW)


def test_large_counts_have_finite_intervals() -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    found = comparison.predict([[18.0, 0.0]]).iloc[0]
    assert np.isfinite(found).all()
    assert found["2.5%"] < found["mean"] < found["97.5%"]
    assert found["mean"] > 1e6


def test_rates_that_only_nodes_without_weight_have_are_no_reason_to_refuse() -> None:
    """The nodes go to 12 sds, where the probability of a standard normal is 4e-33."""
    model = model_of(likelihoods.Poisson(), priors.Normal(1.0))
    comparison = compare(model, routes=["map"])
    assert comparison.laplace is not None
    rows = 48.0 * np.array([[comparison.laplace.coef[1], -comparison.laplace.coef[0]]])
    mean, sd = comparison.laplace.linear_predictor(rows)
    assert mean + 6.8 * sd < predictions.LARGEST_LOG_RATE < mean + 12 * sd
    found = comparison.predict(rows)
    expected = np.exp(mean + sd**2 / 2)  # of a log-normal rate
    np.testing.assert_allclose(found["mean"], expected, rtol=1e-10)
    # a count varies by far less than its rate: between two nodes is 0.003 at most
    below = stats.norm.cdf((np.log(found["97.5%"]) - mean) / sd)
    np.testing.assert_allclose(below, 0.975, atol=0.004)
    far = rows * predictions.LARGEST_LOG_RATE / (mean + 6.5 * sd)
    for each in (far, 3 * rows):
        with pytest.raises(ValueError, match="X must have a log rate of at most 36"):
            comparison.predict(each)


def test_a_rate_beyond_all_numbers_is_told() -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    wanted = r"X must have a log rate of at most 36 in every row, got \d+.* in row 1"
    with pytest.raises(ValueError, match=wanted):
        comparison.predict([[0.0, 0.0], [1e4, 0.0]])


def test_a_rate_beyond_all_numbers_is_told_by_its_row_in_a_later_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    monkeypatch.setattr(predictions, "CHUNK", 1)  # a row at a time
    with pytest.raises(ValueError, match=r"in row 2 \(counting from 0\)"):
        comparison.predict([[0.0, 0.0], [1.0, 0.0], [1e4, 0.0]])


def test_a_log_rate_of_exactly_36_is_predicted() -> None:
    comparison = one_rate()
    found = comparison.predict([[36.0]])
    assert found["mean"].item() == pytest.approx(np.exp(36.0))
    with pytest.raises(ValueError, match="got 37 in row 1"):
        comparison.predict([[36.0], [37.0]])


def one_rate() -> Comparison:
    """Return a comparison whose draws all have the feature as the log rate."""
    terms: Any = {"likelihood": likelihoods.Poisson(), "prior": priors.Normal(1.0)}
    model = LinearModel(X[["age"]], RESPONSES["Poisson"], intercept=False, **terms)
    return compare(model, routes=["map"], mcmc={"coef": np.ones((2, 10, 1))})


def test_an_end_is_the_count_whose_probability_is_exactly_enough() -> None:
    comparison, below = one_rate(), stats.poisson.cdf(range(3), 1.0)
    low = comparison.predict([[0.0]], coverage=1 - 2 * below[0]).iloc[0, 2]
    high = comparison.predict([[0.0]], coverage=2 * below[2] - 1).iloc[0, 3]
    assert (low, high) == (0.0, 2.0)


@pytest.mark.parametrize("coverage", [0, 1, -0.5, 95, np.nan, "0.95", True])
def test_a_coverage_that_is_no_probability_is_told(coverage: Any) -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    with pytest.raises(ValueError, match="coverage must be between 0 and 1, got"):
        comparison.predict(NEW, coverage=coverage)


def test_columns_that_are_not_those_of_the_fit_are_told() -> None:
    comparison, _ = held(likelihoods.Poisson(), priors.Normal(1.0))
    with pytest.raises(ValueError, match="missing: dose"):
        comparison.predict(NEW[["age"]])
