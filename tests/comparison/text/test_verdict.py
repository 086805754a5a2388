"""The last line says what failed and what to try, and the advice holds."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    LinearModel,
    compare,
    datasets,
    fit_exact,
    fit_map,
    likelihoods,
    priors,
)
from bayes_l2.comparison.base import Comparison
from bayes_l2.comparison.text.verdict import verdict
from bayes_l2.comparison.text.wording import COMMAND_LINE, PYTHON

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 2))
Y = X @ [1.0, -0.5] + RNG.standard_normal(60)
HOME = "bayes_l2.comparison.compare."


def model_of(likelihood: Any, prior: Any, rows: Any = X, y: Any = Y) -> LinearModel:
    return LinearModel(rows, y, likelihood=likelihood, prior=prior)


GAUSSIAN = model_of(likelihoods.Normal(1.0), priors.Normal(1.0))
CLASSES = model_of(likelihoods.Bernoulli(), priors.Normal(1.0), y=Y > 0)
MEDIAN = model_of(likelihoods.Laplace(1.0), priors.Laplace(1.0))
FAR = model_of(likelihoods.Bernoulli(), priors.Laplace(1.0), X * [1, 1e9], Y > 0)
SCALES = model_of(
    likelihoods.Normal(priors.HalfNormal(2.0)), priors.Normal(priors.HalfNormal(2.0))
)
QUICK: dict[str, Any] = {"draws": 400, "tune": 400, "seed": 1}
ALL = ("penalised", "map", "exact", "mcmc")


@pytest.fixture(scope="module")
def short() -> Comparison:
    return compare(GAUSSIAN, draws=20, tune=10, seed=1)


MEANINGS = {
    "all": (
        GAUSSIAN,
        ALL,
        "10 of 10 checks passed, 1 not applicable: ridge and the MAP are the exact "
        "posterior mean, and MCMC has the exact means and sds.",
    ),
    "ridge": (
        GAUSSIAN,
        ("ridge",),
        "3 of 3 checks passed: ridge is the exact posterior mean.",
    ),
    "exact": (
        GAUSSIAN,
        ("exact",),
        "1 of 1 checks passed: the exact posterior obeys Bayes' theorem.",
    ),
    "unknown scales": (
        SCALES,
        ALL,
        "6 of 6 checks passed, 5 not applicable: MCMC has the exact means and sds.",
    ),
    "classes": (
        CLASSES,
        ALL,
        "9 of 9 checks passed, 2 not applicable: the MAP is the penalised fit, and "
        "MCMC draws from this posterior.",
    ),
    "one route": (
        MEDIAN,
        ("map",),
        "2 of 2 checks passed, 1 not applicable: each route has converged, but no "
        "other route solves the same problem.",
    ),
}


@pytest.mark.parametrize("name", MEANINGS)
@pytest.mark.usefixtures("few_draws")
def test_success_is_one_sentence_of_meaning_and_one_of_what_is_next(name: str) -> None:
    model, routes, expected = MEANINGS[name]
    mcmc = None
    if "mcmc" in routes and model is not CLASSES:  # exact draws take less time
        mcmc = fit_exact(model).to_datatree(draws=500, seed=5)
    found = compare(model, routes=routes, mcmc=mcmc, **QUICK)
    said = verdict(found)
    assert said.startswith(expected)
    following = said.removeprefix(expected)
    calls = re.findall(r"\.(\w+)(\(?)", following.rstrip("."))
    assert len(calls) == 2
    for attribute, bracket in calls:  # what is next is there
        value = getattr(found, attribute)
        assert callable(value) == bool(bracket)
        assert value() is not None if bracket else len(value)
    assert "--plot FILE.png" in verdict(found, COMMAND_LINE)


def test_chains_that_are_too_short_become_long_enough(short: Comparison) -> None:
    advised = []
    for wording, pattern in (
        (PYTHON, r"Try draws=(\d+), tune=(\d+)\.$"),
        (COMMAND_LINE, r"Try --draws (\d+) --tune (\d+)\.$"),
    ):
        said = verdict(short, wording)
        faults = r"\d FAILED: R-hat \d\.\d+, bulk ESS \d+, tail ESS \d+\. "
        assert re.match(faults, said)
        advice = re.search(pattern, said)
        assert advice is not None
        advised.append(tuple(map(int, advice.groups())))
    assert advised[0] == advised[1]
    draws, tune = advised[0]
    assert compare(GAUSSIAN, draws=draws, tune=tune, seed=1).passed


@pytest.mark.parametrize(
    ("draws", "advice"),
    [
        (1000, "Try draws=4000, tune=2000."),
        (200, "Try draws=1000, tune=1000."),
        (3, "Try draws=1000, tune=1000."),
        (
            10_000,
            "The chains are long already: they mix better under a narrower prior.",
        ),
    ],
)
def test_the_advice_is_more_than_was_drawn(draws: int, advice: str) -> None:
    walk = np.cumsum(RNG.standard_normal((2, draws, 3)), axis=1)
    arrays = {"intercept": walk[..., 0], "coef": walk[..., 1:]}
    given = compare(GAUSSIAN, routes=["map"], mcmc=arrays)
    assert given.mcmc is not None
    tree = given.mcmc.copy()
    tree.attrs = {}  # as if by fit_mcmc
    own = replace(given, mcmc=tree)
    assert verdict(own).endswith(advice)


def test_one_chain_becomes_four() -> None:
    found = compare(GAUSSIAN, draws=300, chains=1, seed=1)
    assert verdict(found) == (
        "5 FAILED: 1 chain of 300 draws cannot tell; 2 of 4 are needed. "
        "Try draws=1200, tune=1000, chains=4."
    )


def test_columns_of_far_sizes_are_to_be_standardised() -> None:
    found = compare(FAR, routes=["penalised", "map"])
    said = verdict(found)
    assert re.fullmatch(
        r"2 FAILED: scikit-learn's fit stopped with \d\.\d+ sd of gradient left\. "
        r"Try datasets\.standardise\(X\), which takes a DataFrame\.",
        said,
    )
    assert verdict(found, COMMAND_LINE).endswith(" Try --standardise.")
    rows = datasets.standardise(pd.DataFrame(X * [1, 1e9]))
    again = model_of(FAR.likelihood, FAR.prior, rows, Y > 0)
    assert compare(again, routes=["penalised", "map"]).passed


def test_standardised_columns_are_not_to_be_standardised_again() -> None:
    short_of_it = replace(fit_map(GAUSSIAN), converged=False, gradient_norm=0.1)
    found = replace(compare(GAUSSIAN, routes=["map"]), map=short_of_it)
    assert verdict(found) == (
        "1 FAILED: the MAP search stopped with 0.10 sd of gradient left. The columns "
        "are standardised already: report it as a fault of the package."
    )


def test_columns_that_fit_y_within_a_small_noise_ask_for_more_noise() -> None:
    rng = np.random.default_rng(0)
    wide, response = rng.normal(size=(20, 60)), rng.normal(size=20)
    few = model_of(likelihoods.Normal(1e-7), priors.Normal(0.2), wide, response)
    found = compare(few, routes=["map"])
    assert verdict(found).endswith(
        "There are more columns than rows, and with so small a noise sd they fit y "
        "exactly: give a larger noise sd."
    )
    more = model_of(likelihoods.Normal(0.1), priors.Normal(0.2), wide, response)
    assert compare(more, routes=["map"]).passed


ROUTES = {
    "fit_map": ("the MAP search failed: no memory", "The columns are standardised"),
    "fit_mcmc": (
        "the sampler failed: no memory",
        "Try the other engine, --engine nutpie or pymc.",
    ),
    "fit_exact": (
        "the exact posterior failed: no memory",
        "The columns are standardised",
    ),
    "require_estimator": (
        "the penalised fit failed: no memory",
        "The columns are standardised",
    ),
}


@pytest.mark.parametrize("function", ROUTES)
def test_a_route_that_ended_in_an_error_is_named_once(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no memory.")

    value = (lambda model: fail) if function == "require_estimator" else fail
    monkeypatch.setattr(HOME + function, value)
    routes = ["penalised", "map", *["mcmc"] * (function == "fit_mcmc")]
    said = verdict(compare(GAUSSIAN, routes=routes), COMMAND_LINE)
    words, advice = ROUTES[function]
    assert re.match(rf"\d FAILED: {words}\. {advice}", said)
    assert said.count("no memory") == 1


def test_draws_of_another_posterior_are_the_readers_own_to_mend() -> None:
    draws = RNG.standard_normal((4, 500, 3))
    arrays = {"intercept": draws[..., 0], "coef": draws[..., 1:]}
    found = compare(GAUSSIAN, routes=["map"], mcmc=arrays)
    said = verdict(found)
    assert re.match(r"2 FAILED: MCMC means \d+(\.\d+)? MCSE off, MCMC sds ", said)
    assert "engine" not in said
    assert "Compare the likelihood, the priors and the order of columns" in said
    walk = {name: np.cumsum(each, axis=1) for name, each in arrays.items()}
    said = verdict(compare(GAUSSIAN, routes=["map"], mcmc=walk))
    assert "Make longer chains: 2000 draws each after 1000 of adaptation" in said


def test_nothing_compared_says_how_to_compare() -> None:
    found = compare(MEDIAN, routes=["exact"])
    assert verdict(found) == (
        "No check applies: nothing was compared. Try it without the argument routes."
    )
    assert verdict(found, COMMAND_LINE).endswith("Try it without --routes.")


def test_many_faults_are_counted(short: Comparison) -> None:
    halted = replace(fit_map(GAUSSIAN), converged=False, gradient_norm=0.1)
    moved = replace(halted, coef=halted.coef + 1.0)
    said = verdict(replace(short, map=moved))
    assert re.match(r"5 FAILED: the MAP is \d.* and 2 more\. ", said)
    # advice on either kind of fault
    assert "Try draws=1000, tune=1000." in said
