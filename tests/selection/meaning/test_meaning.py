"""What a penalty says, against sums over rows and draws by textbook formulas."""

import json
import tracemalloc
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    LinearModel,
    PenaltyMeaning,
    SufficientStatistics,
    datasets,
    fit_exact,
    likelihoods,
    penalty_meaning,
    priors,
)
from bayes_l2.selection.meaning import explained
from bayes_l2.selection.meaning.explained import DRAWS
from tests.selection.meaning.cases import PROBLEMS, Problem

# 5.8 standard errors: a false alarm in 1.5e8 for one number, so 1e-6 for all 128; a
# shift of R² by a tenth of its sd is seen with a probability above 0.999
ALARM = 5.8
OF_ROWS = ["plain", "weights", "no intercept", "sds by column", "covariance and mean"]


def by_rows(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return centred rows, weights, prior covariance and precision of the data."""
    p = problem.X.shape[1]
    weights = np.ones(len(problem.y)) if problem.weights is None else problem.weights
    X = problem.X
    if problem.intercept:
        X = X - weights @ X / weights.sum()
    shape = np.eye(p) if problem.cov is None else problem.cov
    if problem.sds is not None:
        shape = np.diag(problem.sds**2)
    prior = problem.prior_sd**2 * shape
    data = X.T @ np.diag(weights) @ X / problem.noise_sd**2
    return X, weights, prior, data


@pytest.mark.parametrize("name", OF_ROWS)
def test_the_sd_of_a_typical_prediction_is_a_mean_square_over_rows(name: str) -> None:
    problem = PROBLEMS[name]
    X, weights, prior, data = by_rows(problem)
    meaning = penalty_meaning(problem.model)
    posterior = np.linalg.inv(np.linalg.inv(prior) + data)
    for found, covariance in (
        (meaning.prior_prediction_sd, prior),
        (meaning.posterior_prediction_sd, posterior),
    ):
        variances = [row @ covariance @ row for row in X]
        assert found == pytest.approx(np.average(variances, weights=weights) ** 0.5)
    y_sd = np.sqrt(np.cov(problem.y, aweights=weights, ddof=0))
    ratio = meaning.prior_prediction_sd / y_sd
    assert meaning.prior_prediction_in_y_sds == pytest.approx(ratio, rel=1e-12)


@pytest.mark.parametrize("name", OF_ROWS)
def test_r_squared_is_that_of_draws_of_the_line(name: str) -> None:
    problem = PROBLEMS[name]
    X, weights, prior, data = by_rows(problem)
    mean = np.broadcast_to(problem.mean, X.shape[1])
    meaning, rng = penalty_meaning(problem.model), np.random.default_rng(1)
    posterior = np.linalg.inv(np.linalg.inv(prior) + data)
    y = problem.y
    if problem.intercept:
        y = y - weights @ y / weights.sum()
    pull = X.T @ (weights * (y - X @ mean)) / problem.noise_sd**2
    after = mean + posterior @ pull
    for found, center, covariance in (
        (meaning.prior_r2, mean, prior),
        (meaning.posterior_r2, after, posterior),
    ):
        line = rng.multivariate_normal(center, covariance, DRAWS) @ X.T
        line -= (line @ weights / weights.sum())[:, np.newaxis]
        variance = line**2 @ weights / (len(y) - 1)
        drawn = variance / (variance + problem.noise_sd**2)
        for level, quantile in (
            (0.05, found.low),
            (0.5, found.median),
            (0.95, found.high),
        ):
            error = (2 * level * (1 - level) / DRAWS) ** 0.5
            assert abs(np.mean(drawn < quantile) - level) < ALARM * error


def test_prior_r_squared_of_one_column_is_a_squared_normal_number() -> None:
    problem = replace(PROBLEMS["plain"], X=PROBLEMS["plain"].X[:, :1])
    r2 = penalty_meaning(problem.model).prior_r2
    variance = np.var(problem.X, ddof=1) * problem.prior_sd**2 / problem.noise_sd**2
    for level, quantile in ((0.05, r2.low), (0.5, r2.median), (0.95, r2.high)):
        probability = stats.chi2(1).cdf(quantile / (1 - quantile) / variance)
        error = (level * (1 - level) / DRAWS) ** 0.5
        assert abs(probability - level) < ALARM * error


@pytest.mark.parametrize("name", PROBLEMS)
def test_degrees_of_freedom_are_the_trace_of_the_hat_matrix(name: str) -> None:
    """The trace has 60 digits: at a penalty of 1e8 it is 1e-7, to all of ours."""
    problem = PROBLEMS[name]
    mp = mpmath.mp
    with mpmath.workdps(60):
        n, p = problem.X.shape
        weights = np.ones(n) if problem.weights is None else problem.weights
        w = [mp.mpf(each) for each in weights.tolist()]
        X = mp.matrix(problem.X.tolist())
        if problem.intercept:
            for j in range(p):
                mean = sum(w[i] * X[i, j] for i in range(n)) / sum(w)
                for i in range(n):
                    X[i, j] -= mean
        gram = X.T * mp.diag(w) * X
        shape = mp.eye(p) if problem.cov is None else mp.matrix(problem.cov.tolist())
        if problem.sds is not None:
            shape = mp.diag([mp.mpf(s) ** 2 for s in problem.sds.tolist()])
        noise = 1 if problem.relative else mp.mpf(problem.noise_sd)
        penalty = (noise / mp.mpf(problem.prior_sd)) ** 2
        hat = mp.inverse(gram + penalty * mp.inverse(shape)) * gram
        trace = float(sum(hat[j, j] for j in range(p)))
    found = penalty_meaning(problem.model).degrees_of_freedom
    assert found == pytest.approx(trace, rel=1e-9)


def test_r_squared_before_the_data_depends_on_the_penalty_alone() -> None:
    problem = PROBLEMS["plain"]
    louder = replace(problem, noise_sd=9.0, prior_sd=9.0 * 0.7 / 1.5)
    first, second = (penalty_meaning(each.model) for each in (problem, louder))
    np.testing.assert_allclose(first.prior_r2.draws, second.prior_r2.draws, rtol=1e-12)
    assert first.posterior_r2.median != pytest.approx(second.posterior_r2.median, 0.1)


def test_a_surprise_is_two_prior_sds_in_the_units_of_each_column() -> None:
    problem = PROBLEMS["unlike columns and sds"]
    meaning, sds = penalty_meaning(problem.model), problem.sds
    assert sds is not None
    expected = 1.96 * sds * problem.prior_sd
    np.testing.assert_allclose(meaning.surprising, expected)
    per_sd = expected * problem.X.std(axis=0)
    np.testing.assert_allclose(meaning.surprising_per_sd, per_sd)
    with mpmath.workdps(60):
        mean = problem.posterior()[0][1:]
    out = np.array([float(each) for each in mean]) / (sds * problem.prior_sd)
    np.testing.assert_allclose(meaning.prior_sds_out, out, rtol=1e-7)
    assert meaning.furthest == f"x{int(np.argmax(np.abs(out)))}"


def diabetes(noise_sd: float = 54.0, prior_sd: float = 20.0) -> LinearModel:
    X, y = datasets.diabetes()
    return LinearModel(
        X, y, likelihood=likelihoods.Normal(noise_sd), prior=priors.Normal(prior_sd)
    )


def test_the_sentences_have_the_numbers_and_the_judgements() -> None:
    text = str(penalty_meaning(diabetes()))
    assert all(len(line) <= 80 for line in text.split("\n"))
    text = " ".join(text.split())
    assert text.startswith("This penalty says, before any data:")
    for words in (
        "the mean of y ± 63.2, one prior sd. That is 0.82 times the sd of y.",
        "has the median 54 %, and is between 28 % and 76 % with a probability of 90 %.",
        "A coefficient beyond ±39.2 is a surprise: its probability is 5 %.",
        "The effective number of coefficients is 9 of 10.",
        "that of 's5', 1.3 prior sds from its prior mean: no surprise.",
        "as the penalty expected",
        "A penalty 10 % larger moves 's1' the most",
        "The noise sd is held fixed.",
        "The prior sd is held fixed.",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("prior_sd", "words"),
    [
        (0.5, "more than the penalty expected"),
        (17, "as the penalty expected"),  # the medians are 51 % after 46 % before
        (0.5, "a surprise"),
        (1e4, "is above 99.99 % with a probability of 95 %"),
        (1e4, "less than the penalty expected"),
        (1e-4, "is below 0.01 % with a probability of 95 %"),
    ],
)
def test_the_sentences_judge(prior_sd: float, words: str) -> None:
    text = " ".join(str(penalty_meaning(diabetes(prior_sd=prior_sd))).split())
    assert words in text


def test_a_change_of_a_tenth_is_that_of_another_fit() -> None:
    """The derivative times 0.1 is the change to first order: within a tenth of it."""
    before, after = (penalty_meaning(diabetes(prior_sd=20 / f**0.5)) for f in (1, 1.1))
    moved = (after.posterior_mean - before.posterior_mean)[5] / before.posterior_sd[5]
    assert moved == pytest.approx(0.071, rel=0.1)
    wider = after.posterior_sd[5] / before.posterior_sd[5] - 1
    assert wider == pytest.approx(-0.032, rel=0.1)
    assert "its mean by 0.071 posterior sds, its sd by -3.2 %" in " ".join(
        str(before).split()
    )


def test_other_priors_are_named_by_what_they_are() -> None:
    text = " ".join(str(penalty_meaning(PROBLEMS["covariance and mean"].model)).split())
    assert text.startswith("This prior says, before any data:")
    assert "the prediction is its prior mean ±" in text
    assert "A prior precision 10 % larger" in text
    own = " ".join(str(penalty_meaning(PROBLEMS["no intercept"].model)).split())
    assert "In a typical row the prediction is 0 ±" in own
    own = " ".join(
        str(penalty_meaning(PROBLEMS["relative to the noise"].model)).split()
    )
    assert "moves no mean, and makes each posterior sd 10 % larger." in own


def test_posterior_means_are_in_prior_sds_from_the_prior_mean() -> None:
    model = diabetes()
    away = replace(model, prior=priors.Normal(20.0, mean=7.0))
    np.testing.assert_allclose(
        penalty_meaning(away).prior_sds_out,
        (fit_exact(away).coef - 7.0) / 20.0,
        rtol=1e-9,
    )


def test_json_has_the_numbers_of_the_table() -> None:
    meaning = penalty_meaning(diabetes())
    found = json.loads(json.dumps(meaning.to_dict(), allow_nan=False))
    assert found["penalty"] == pytest.approx(7.29, rel=1e-14)
    assert found["parameters"]["intercept"]["prior_sd"] is None
    row = meaning.table.loc["s5"].to_dict()
    assert found["parameters"]["s5"] == row
    assert found["parameters"]["intercept"]["prior_sds_out"] == 0
    assert meaning.table.index.name == "parameter"
    assert found["prior_r2"]["50%"] == meaning.prior_r2.median
    assert len(found["sentences"]) == 8


def test_statistics_have_all_numbers() -> None:
    model = diabetes()
    assert isinstance(model.data.statistics, SufficientStatistics)
    streamed = LinearModel.from_statistics(
        model.statistics, likelihood=model.likelihood, prior=model.prior
    )
    ours, theirs = penalty_meaning(streamed), penalty_meaning(model)
    assert str(ours) == str(theirs)
    np.testing.assert_allclose(ours.table, theirs.table, rtol=1e-9, atol=1e-12)


def test_more_columns_than_a_thousand_and_than_rows() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5, 1001)), rng.standard_normal(5)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(0.1)
    )
    meaning = penalty_meaning(model)
    centred = X - X.mean(axis=0)
    kernel = centred @ centred.T
    trace = np.trace(np.linalg.solve(kernel + 100 * np.eye(5), kernel))
    assert meaning.degrees_of_freedom == pytest.approx(trace, rel=1e-10)
    assert meaning.sd_by_log_penalty.shape == (1002,)


def test_a_seed_makes_r_squared_repeatable() -> None:
    first, second, third = (penalty_meaning(diabetes(), seed=s) for s in (3, 3, 4))
    assert first.prior_r2.median == second.prior_r2.median != third.prior_r2.median
    assert isinstance(first, PenaltyMeaning)
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match="seed must be"):
            penalty_meaning(diabetes(), seed=seed)
    assert penalty_meaning(diabetes(), seed=2**32 - 1).prior_r2.median > 0


def test_draws_are_held_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    model = diabetes()
    whole = penalty_meaning(model).prior_r2.draws
    monkeypatch.setattr(explained, "NUMBERS", 10_000)
    tracemalloc.start()
    parts = penalty_meaning(model).prior_r2.draws
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(parts, whole)
    assert most < 8 * DRAWS * 8  # the numbers of all 10 columns are more


@pytest.mark.parametrize(
    ("column", "noise_sd", "prior_sd"),
    [
        (1e-100, 1e-130, 1e40),
        (1e100, 1e-60, 1e40),
        (1e-100, 1e60, 1e-40),
        (1e100, 1e120, 1e-40),
    ],
)
def test_a_penalty_beyond_doubles_is_refused(
    column: float, noise_sd: float, prior_sd: float
) -> None:
    """In the units of the columns or in those of the model, whatever else is held."""
    X, y = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0])
    model = LinearModel(
        X * column,
        y,
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(prior_sd),
    )
    with np.errstate(all="raise"), pytest.raises(ValueError, match="beyond double"):
        penalty_meaning(model)


def model_of(likelihood: likelihoods.Likelihood, prior: priors.Prior) -> LinearModel:
    X, y = datasets.diabetes()
    y = y > 100 if not likelihood.has_statistics else y
    return LinearModel(X, y, likelihood=likelihood, prior=prior)


NORMAL = likelihoods.Normal(54.0)
HALF = priors.HalfNormal(50.0)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            model_of(likelihoods.Bernoulli(), priors.Normal(1.0)),
            r"needs likelihoods.Normal\(sd\), got likelihoods.Bernoulli\(\)",
        ),
        (model_of(NORMAL, priors.Flat()), r"a penalty of 0 that says nothing"),
        (model_of(NORMAL, priors.Laplace(1.0)), r"needs priors.Normal\(sd\), got"),
        (
            model_of(NORMAL, priors.Normal([1.0] * 9 + [np.inf])),
            r"finite prior sd for every column, got inf for s6",
        ),
        (model_of(NORMAL, priors.Normal(HALF)), r"choose_penalty\(model\).model"),
        (
            model_of(likelihoods.Normal(HALF), priors.Normal(1.0)),
            r"needs a noise sd that is a number, got priors.HalfNormal\(sd=50\); use",
        ),
        (
            LinearModel(
                np.eye(3), np.ones(3), likelihood=NORMAL, prior=priors.Normal(1.0)
            ),
            r"needs a y that varies, got 3 rows of one value",
        ),
        (
            model_of(likelihoods.Normal(1e149), priors.Normal(1e-149)),
            r"penalty is beyond double precision",
        ),
        ("a model", r"model must be a LinearModel"),
    ],
)
def test_a_model_without_a_meaning_is_refused_in_one_line(
    model: LinearModel, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        penalty_meaning(model)
    assert "\n" not in str(refused.value)
