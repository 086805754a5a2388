"""A check is a record, and what the model decides is worked out once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, compare, datasets, likelihoods, priors
from bayes_l2.comparison.approximate import APPROXIMATE_CHECKS
from bayes_l2.comparison.check import Check, Claim, Failure, Measured, Remedy
from bayes_l2.comparison.exact import EXACT_CHECKS
from bayes_l2.model.propriety import Propriety
from bayes_l2.texts import WIDTH


class Parts:
    """A comparison that lacks some parts."""

    def __init__(self, **reasons: str) -> None:
        self.reasons = reasons

    def lacks(self, part: str) -> str:
        return self.reasons.get(part, "")


def measured(*numbers: Any, **options: Any) -> Callable[[Any], Measured]:
    return lambda comparison: Measured(*numbers, **options)


@pytest.mark.parametrize(
    ("statistic", "at_least", "passed"),
    [
        (1.0, False, True),
        (1.1, False, False),
        (1.0, True, True),
        (0.9, True, False),
        (np.nan, False, False),
        (np.nan, True, False),
    ],
)
def test_a_statistic_is_held_against_its_tolerance(
    statistic: float, at_least: bool, passed: bool
) -> None:
    claim = Claim("they agree", ("map",), measured(statistic, 1.0, at_least=at_least))
    assert claim.check(Parts()).passed is passed


def test_an_outcome_holds_all_that_was_measured() -> None:
    claim = Claim("they agree", (), measured(np.float64(0.5), 1.0, "sd", "at bmi"))
    expected = Check("they agree", 0.5, 1.0, "sd", True, "at bmi", False)
    assert claim.check(Parts()) == expected


def test_the_first_missing_part_is_the_reason_and_nothing_is_measured() -> None:
    def fail(comparison: Any) -> Measured:
        raise AssertionError

    claim = Claim("they agree", ("penalised", "map"), fail)
    reasons = {"map": "it has no mode", "penalised": "it has no penalty"}
    assert claim.check(Parts(**reasons)) == Check(
        "they agree", reason="it has no penalty"
    )
    assert claim.check(Parts(map="it has no mode")).reason == "it has no mode"
    other = Claim("they agree", ("map",), fail, without="there is no MAP")
    assert other.check(Parts(map="it has no mode")).reason == "there is no MAP"
    left_out = other.check(Parts(map="not asked for"))
    assert (left_out.passed, left_out.was_asked) == (None, False)


def test_a_failure_without_a_measurement_is_its_own_fault_and_may_have_a_remedy() -> (
    None
):
    own, other = Remedy.LONGER_CHAINS, Remedy.ANOTHER_ENGINE
    for failure, remedy in (
        (Failure("no memory"), own),
        (Failure("no memory", other), other),
    ):
        claim = Claim("they agree", (), lambda _, found=failure: found, remedy=own)
        assert claim.check(Parts()) == Check(
            "they agree",
            passed=False,
            reason="no memory",
            fault="no memory",
            remedy=remedy,
        )


@pytest.mark.parametrize(
    ("fault", "said"),
    [("they are {} apart", "they are 1.500 sd apart"), ("", "they agree: 1.500 sd")],
)
def test_a_claim_that_failed_says_its_fault_and_its_remedy(
    fault: str, said: str
) -> None:
    remedy = Remedy.STANDARDISED_COLUMNS
    of = measured(1.5, 1.0, "sd")
    claim = Claim("they agree", (), of, fault=fault, remedy=remedy)
    found = claim.check(Parts())
    assert (found.passed, found.fault, found.remedy) == (False, said, remedy)


REPRS = {
    "Check(passed: they agree; 0.123 sd, allowed is at most 1)": Check(
        "they agree", 0.12345, 1.0, "sd", passed=True
    ),
    "Check(failed: R-hat; 399, allowed is at least 400; smallest)": Check(
        "R-hat", 399.0, 400.0, "", False, "smallest", True
    ),
    "Check(does not apply: they agree; no MAP)": Check("they agree", reason="no MAP"),
}


@pytest.mark.parametrize("text", REPRS)
def test_a_check_as_text(text: str) -> None:
    assert repr(REPRS[text]) == text


def test_a_long_reason_of_a_check_is_two_lines_of_its_text() -> None:
    text = repr(Check("they agree", reason="z" * 1000))
    assert text.count("z") == pytest.approx(2 * WIDTH, abs=4)


def test_a_claim_that_cannot_be_judged_says_why() -> None:
    claim = Claim("they agree", (), lambda comparison: "the tails are too heavy")
    expected = Check("they agree", reason="the tails are too heavy")
    assert claim.check(Parts()) == expected


def test_a_new_check_is_one_record(
    diabetes: LinearModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Claim(
        "the exact posterior has a positive sd",
        ("exact",),
        lambda found: Measured(found.table["exact_sd"].min(), 0.0, at_least=True),
    )
    lists = (*EXACT_CHECKS, claim)
    monkeypatch.setattr("bayes_l2.comparison.exact.EXACT_CHECKS", lists)
    comparison = compare(diabetes, routes=["exact"])
    assert comparison.checks[-1].passed
    assert claim.text in comparison._repr_html_()


@pytest.mark.parametrize(
    ("chains", "draws", "reason"),
    [
        (2, 4, ""),
        (2, 3, "2 chains of 3 draws cannot tell; 2 of 4 are needed"),
        (1, 8, "1 chain of 8 draws cannot tell; 2 of 4 are needed"),
    ],
)
def test_two_chains_of_four_draws_are_enough_to_be_judged(
    chains: int, draws: int, reason: str
) -> None:
    terms: Any = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    model = LinearModel(np.eye(3), np.arange(3.0), **terms)
    rng, shape = np.random.default_rng(0), (chains, draws)
    given = {"intercept": rng.normal(size=shape), "coef": rng.normal(size=(*shape, 3))}
    found = compare(model, routes=["exact"], mcmc=given)
    lacking = found.lacks("enough draws")
    assert lacking == reason
    assert isinstance(lacking, Failure) is bool(reason)
    assert found.lacks("map") == "not asked for"
    assert found.lacks("exact") == found.lacks("mcmc") == ""
    failed = replace(found, failed={"mcmc": "no memory"}, mcmc=None)
    for part in ("mcmc", "enough draws", "converged draws"):
        lacking = failed.lacks(part)
        assert isinstance(lacking, Failure)
        assert (lacking, lacking.remedy) == ("no memory", Remedy.ANOTHER_ENGINE)
    assert found.largest(np.array([1.0, -3.0, np.nan, 2.0]))[1] == "at x1"
    assert found.largest(np.array([1.0, -3.0, 0.0, 2.0])) == (3.0, "at x0")


@pytest.mark.parametrize("claims", [EXACT_CHECKS, APPROXIMATE_CHECKS])
def test_each_claim_is_made_once(claims: tuple[Claim, ...]) -> None:
    texts = [claim.text for claim in claims]
    assert len(set(texts)) == len(texts)


def test_kinks_alone_have_a_duality_gap() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 2)), rng.standard_normal(20)
    for likelihood, prior, response in (
        (likelihoods.Normal(1.0), priors.Laplace(1.0), y),
        (likelihoods.Laplace(1.0), priors.Normal(1.0), y),
        (likelihoods.Bernoulli(), priors.Normal(1.0), y > 0),
    ):
        model = LinearModel(X, response, likelihood=likelihood, prior=prior)
        claims = [check.claim for check in compare(model, routes=["map"]).checks]
        has_gap = "no point is better than the MAP" in claims
        assert has_gap is not model.is_smooth


def counted(
    monkeypatch: pytest.MonkeyPatch, name: str, function: Callable[..., Any]
) -> list[None]:
    """Return a list that grows by one entry at each call of a function."""
    calls: list[None] = []

    def counting(*arguments: Any, **options: Any) -> Any:
        calls.append(None)
        return function(*arguments, **options)

    monkeypatch.setattr(name, counting)
    return calls


def test_a_hierarchical_compare_computes_the_rank_once(
    diabetes: LinearModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_l2.model import propriety

    X, y = diabetes.rows("the test")
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(priors.HalfNormal(100.0)),
        prior=priors.Normal(priors.HalfCauchy(20.0)),
    )
    home = "bayes_l2.model.propriety."
    ranks = counted(monkeypatch, f"{home}numerical_rank", propriety.numerical_rank)
    fits = counted(monkeypatch, "numpy.linalg.lstsq", np.linalg.lstsq)
    found = compare(model, seed=1, draws=4, tune=4, chains=2, progress=False)
    assert found.exact is not None
    assert found.mcmc is not None
    assert len(ranks) == 1
    assert len(fits) <= 1  # the columns' fit


@pytest.mark.parametrize("likelihood", ["Bernoulli", "Categorical"])
def test_a_flat_compare_of_classes_searches_for_a_plane_once(
    likelihood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_l2.model.likelihoods.separation import grows_without_end

    X, y = datasets.iris()
    rng = np.random.default_rng(0)
    y = y.to_numpy()[rng.permutation(len(y))]
    if likelihood == "Bernoulli":
        y = y == y[0]
    model = LinearModel(
        X, y, likelihood=getattr(likelihoods, likelihood)(), prior=priors.Flat()
    )
    name = "bayes_l2.model.propriety.grows_without_end"
    calls = counted(monkeypatch, name, grows_without_end)
    found = compare(model, seed=1, draws=4, tune=4, chains=2, progress=False)
    assert found.penalised is not None
    assert found.mcmc is not None
    assert len(calls) == 1


def test_columns_are_fitted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flat noise sd asks whether the columns fit y, at both ends of the search."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(priors.FlatLogScale()),
        prior=priors.Normal(1.0),
    )
    original = Propriety.__dict__["columns_fit"].func
    calls: list[None] = []

    def counting(self: Propriety) -> bool:
        calls.append(None)
        return original(self)

    monkeypatch.setattr(Propriety.__dict__["columns_fit"], "func", counting)
    compare(model, seed=1, draws=4, tune=4, chains=2, progress=False)
    assert len(calls) == 1
