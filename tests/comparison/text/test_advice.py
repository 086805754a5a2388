"""Advice has numbers beyond those of the draws, and knows what has been tried."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from bayes_l2 import LinearModel, likelihoods, priors
from bayes_l2.comparison.check import Check, Remedy
from bayes_l2.comparison.text.verdict import advice, verdict
from bayes_l2.comparison.text.wording import PYTHON

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 2))
Y = X @ [1.0, -0.5] + RNG.standard_normal(60)


def model_of(likelihood: Any, prior: Any, rows: Any = X, y: Any = Y) -> LinearModel:
    return LinearModel(rows, y, likelihood=likelihood, prior=prior)


GAUSSIAN = model_of(likelihoods.Normal(1.0), priors.Normal(1.0))
CHAINS, COLUMNS = Remedy.LONGER_CHAINS, Remedy.STANDARDISED_COLUMNS
ENGINE = Remedy.ANOTHER_ENGINE


def judged(remedies: list[Remedy], sizes: tuple[int, int], rows: Any = X) -> Any:
    """Return failed checks with such remedies, and draws of such sizes."""
    draws = xr.Dataset({"coef": (("chain", "draw"), np.zeros(sizes))})
    return SimpleNamespace(
        model=model_of(likelihoods.Bernoulli(), priors.Normal(1.0), rows, Y > 0),
        checks=[Check("", passed=False, fault="odd", remedy=r) for r in remedies],
        mcmc=xr.DataTree.from_dict({"posterior": draws}),
        reference=None,
    )


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        # four times as many draws, and half of these to adapt, but never below 1000
        ((4, 900), "Try draws=3600, tune=1800."),
        ((4, 300), "Try draws=1200, tune=1000."),
        ((4, 9999), "Try draws=39996, tune=19998."),
        (
            (4, 10_000),
            "The chains are long already: they mix better under a narrower prior.",
        ),
        ((1, 600), "Try draws=2400, tune=1200, chains=4."),
        ((2, 600), "Try draws=2400, tune=1200."),
    ],
)
def test_longer_chains_have_four_times_the_draws(
    sizes: tuple[int, int], said: str
) -> None:
    assert advice(judged([CHAINS], sizes), PYTHON) == [said]
    # another engine is no help before the chains have converged
    assert advice(judged([ENGINE, CHAINS, CHAINS], sizes), PYTHON) == [said]


def test_one_chain_is_no_matter_of_the_engine() -> None:
    said = ['Try the other engine, engine="nutpie" or "pymc".']
    assert advice(judged([ENGINE], (1, 600)), PYTHON) == said
    without = judged([CHAINS], (1, 600))
    without.mcmc = None
    assert advice(without, PYTHON) == ["Try draws=1000, tune=1000."]


STANDARD = (X - X.mean(axis=0)) / X.std(axis=0)
AGAIN = ["Try datasets.standardise(X), which takes a DataFrame."]
NOTHING = ["The columns are standardised already: report it as a fault of the package."]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (STANDARD, NOTHING),
        # as far as ten sds from zero, or ten times the size of another
        (STANDARD + np.array([0.0, 9.9]), NOTHING),
        (STANDARD + np.array([0.0, 10.1]), AGAIN),
        (STANDARD - np.array([10.1, 0.0]), AGAIN),
        (STANDARD * [1.0, 9.9], NOTHING),
        (STANDARD * [10.1, 1.0], AGAIN),
        (5 * STANDARD + np.array([49.0, 0.0]), NOTHING),
        # ten sds from zero and ten times the size, to the last digit
        (np.tile([[9.0, -1.0], [11.0, 1.0]], (30, 1)), NOTHING),
        (np.tile([[-1.0, -10.0], [1.0, 10.0]], (30, 1)), NOTHING),
        (0.2 * STANDARD + np.array([2.1, 0.0]), AGAIN),
    ],
)
def test_columns_near_zero_and_of_one_size_are_standardised(
    rows: Any, said: list[str]
) -> None:
    assert advice(judged([COLUMNS], (4, 900), rows), PYTHON) == said


def test_without_rows_nobody_knows_whether_columns_are_standardised() -> None:
    found = judged([COLUMNS], (4, 900))
    terms: Any = {"likelihood": GAUSSIAN.likelihood, "prior": GAUSSIAN.prior}
    found.model = LinearModel.from_statistics(GAUSSIAN.statistics, **terms)
    assert advice(found, PYTHON) == AGAIN


@pytest.mark.parametrize(
    ("n_features", "noise", "asks"),
    [(10, 1.0, True), (9, 1.0, False), (10, priors.HalfNormal(1.0), False)],
)
def test_as_many_columns_as_rows_ask_for_more_noise_that_is_known(
    n_features: int, noise: Any, asks: bool
) -> None:
    found = judged([COLUMNS], (4, 900))
    rows = RNG.standard_normal((10, n_features))
    found.model = model_of(likelihoods.Normal(noise), priors.Normal(1.0), rows, Y[:10])
    (said,) = advice(found, PYTHON)
    assert ("give a larger noise sd" in said) is asks


def test_three_faults_are_named_and_the_others_counted() -> None:
    found = judged([CHAINS] * 5, (4, 900))
    for n, said in ((2, "a, b."), (3, "a, b, c."), (4, "a, b, c and 1 more.")):
        found.checks = [Check("", passed=False, fault=each) for each in "abcd"[:n]]
        assert verdict(found) == f"{n} FAILED: {said}"


def test_what_is_next_needs_a_posterior() -> None:
    found = judged([], (4, 900))
    found.agreement, found.checks = "they agree", [Check("", passed=True), Check("")]
    outcome = "1 of 1 checks passed, 1 not applicable: they agree. "
    assert verdict(found) == f"{outcome}{PYTHON.next}."
    found.mcmc = None
    assert verdict(found) == f"{outcome}{PYTHON.next_to_points}."
    found.reference = ("Laplace approximation", None)
    found.checks = found.checks[:1]
    assert verdict(found) == f"1 of 1 checks passed: they agree. {PYTHON.next}."
