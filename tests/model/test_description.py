"""A model in words and formulas: each likelihood and prior, written out by hand."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, SufficientStatistics, likelihoods, priors
from bayes_l2.model.description import assumption_lines, assumptions, formulas
from bayes_l2.model.likelihoods.base import Terms
from bayes_l2.model.origin import Origin, with_origin

X = np.random.default_rng(0).standard_normal((12, 2))
HALF = priors.HalfNormal(2.0)
NORMAL, TWO = likelihoods.Normal(1.5), priors.Normal(2.0)
RESPONSES: dict[type, Any] = {
    likelihoods.Bernoulli: ["no", "yes"] * 6,
    likelihoods.Categorical: list("pqrstpqrstpq"),
}


def model_of(likelihood: Any, prior: Any, **options: Any) -> LinearModel:
    y = options.pop("y", RESPONSES.get(type(likelihood), np.arange(12.0)))
    if options.pop("weighted", False):
        options["weights"] = np.linspace(1.0, 2.0, 12)
    return LinearModel(X, y, likelihood=likelihood, prior=prior, **options)


# likelihood, whether the rows have weights, and the sentence
LIKELIHOODS: list[tuple[Any, bool, str, str]] = [
    (NORMAL, False, "y ~ Normal(a + Xb, 1.5²)", "||y - a - Xb||²"),
    (NORMAL, True, "y ~ Normal(a + Xb, 1.5² / weight)", "Σ weight (y - a - Xb)²"),
    (
        likelihoods.Laplace(0.5),
        False,
        "y ~ Laplace(a + Xb, 0.5)",
        "Σ |y - a - Xb| / 0.5",
    ),
    (
        likelihoods.Laplace(0.5),
        True,
        "y ~ Laplace(a + Xb, 0.5 / weight)",
        "Σ weight |y - a - Xb| / 0.5",
    ),
    (
        likelihoods.Bernoulli(),
        False,
        "P(y = yes) = 1 / (1 + exp(-(a + Xb))), else y = no",
        "Σ log(1 + exp(∓(a + Xb))), - where y = yes,",
    ),
    (
        likelihoods.Bernoulli(),
        True,
        "P(y = yes) = 1 / (1 + exp(-(a + Xb))), else y = no",
        "Σ weight log(1 + exp(∓(a + Xb))), - where y = yes,",
    ),
    (
        likelihoods.Categorical(),
        True,
        "P(y = k) ∝ exp(a_k + Xb_k), k one of p, q, r, s, ...",
        "Σ weight (log Σ_k exp(a_k + Xb_k) - that of y's class)",
    ),
    (
        likelihoods.Poisson(),
        True,
        "y ~ Poisson(exp(a + Xb))",
        "Σ weight (exp(a + Xb) - y (a + Xb))",
    ),
]


@pytest.mark.parametrize(
    ("likelihood", "weighted", "sentence", "loss"),
    LIKELIHOODS,
    ids=[repr(case[0]) for case in LIKELIHOODS],
)
def test_the_likelihood_and_its_loss(
    likelihood: Any, weighted: bool, sentence: str, loss: str
) -> None:
    model = model_of(likelihood, priors.Flat(), weighted=weighted)
    facts = assumptions(model)
    assert facts["likelihood"] == sentence
    assert facts["objective"] == loss
    # formulas have numbers in the place of the labels
    law = sentence.replace("yes", "1").split(", else")[0].split(", k one")[0]
    objective = loss.replace("yes,", "1")
    assert dict(formulas(model)) == {
        "likelihood": law,
        "prior": "p(b) ∝ 1",
        "intercept": f"p({'a_k' if model.layout.classes else 'a'}) ∝ 1",
        "so the MAP minimises": objective,
    }


def test_two_classes_without_names_are_numbers() -> None:
    terms = Terms("Xb", "y - Xb", False, ())
    bernoulli = likelihoods.Bernoulli()
    assert bernoulli.sentence(terms) == "P(y = 1) = 1 / (1 + exp(-(Xb))), else y = -1"
    assert bernoulli.formula(terms) == "Σ log(1 + exp(∓(Xb))), - where y = 1,"


def test_four_classes_are_all_named_and_the_last_has_no_intercept_of_its_own() -> None:
    four = model_of(likelihoods.Categorical(), TWO, y=list("pqrs") * 3)
    facts = assumptions(four)
    assert facts["likelihood"].endswith("k one of p, q, r, s")
    assert (
        facts["prior"] == "b ~ Normal(0, 2²), each coefficient by itself, of each class"
    )
    assert facts["intercept"] == (
        "a_k: flat prior, never penalised, summing to 0: that of s is left out"
    )


# prior, its sentence, and the objective under Normal and under absolute loss
PENALTIES: list[tuple[Any, str, str, str]] = [
    (
        TWO,
        "b ~ Normal(0, 2²), each coefficient by itself",
        "||y - Xb||² + α ||b||²",
        "Σ |y - Xb| / 0.5 + ½ α ||b||²",
    ),
    (
        priors.Normal(2.0, mean=0.5),
        "b ~ Normal(0.5, 2²), each coefficient by itself",
        "||y - Xb||² / σ² + ||b - m0||² / τ²",
        "Σ |y - Xb| / 0.5 + ½ ||b - m0||² / τ²",
    ),
    (
        priors.Normal(2.0, mean=[1.0, 0.0]),
        "b ~ Normal(m0, 2²), each coefficient by itself",
        "||y - Xb||² / σ² + ||b - m0||² / τ²",
        "Σ |y - Xb| / 0.5 + ½ ||b - m0||² / τ²",
    ),
    (
        priors.Normal([1.0, 2.0], mean=[1.0, 0.0]),
        "b_j ~ Normal(m0_j, s_j²), each s_j of its own: 1 to 2",
        "||y - Xb||² / σ² + Σ (b_j - m0_j)² / s_j²",
        "Σ |y - Xb| / 0.5 + ½ Σ (b_j - m0_j)² / s_j²",
    ),
    (
        priors.Normal([1.0, np.inf], mean=0.5),
        "b_j ~ Normal(0.5, s_j²), each s_j of its own: 1; flat for 1 of 2 columns",
        "||y - Xb||² / σ² + Σ (b_j - m0_j)² / s_j²",
        "Σ |y - Xb| / 0.5 + ½ Σ (b_j - m0_j)² / s_j²",
    ),
    (
        priors.Normal(cov=np.eye(2)),
        "b ~ Normal(m0, S0) with a full covariance, 2 × 2",
        "||y - Xb||² / σ² + (b)' S0⁻¹ (b)",
        "Σ |y - Xb| / 0.5 + ½ (b)' S0⁻¹ (b)",
    ),
    (
        priors.Laplace(0.7),
        "b ~ Laplace(0, 0.7), each coefficient by itself",
        "||y - Xb||² / 2σ² + Σ|b| / 0.7",
        "Σ |y - Xb| / 0.5 + Σ|b| / 0.7",
    ),
    (
        priors.Laplace([0.7, 0.2]),
        "b_j ~ Laplace(0, s_j), each s_j of its own: 0.2 to 0.7",
        "||y - Xb||² / 2σ² + Σ|b_j| / s_j",
        "Σ |y - Xb| / 0.5 + Σ|b_j| / s_j",
    ),
    (
        priors.ElasticNet(0.7, 3.0),
        "p(b) ∝ exp(-|b| / 0.7 - b² / 2·3²), each coefficient by itself",
        "||y - Xb||² / 2σ² + Σ|b| / 0.7 + ||b||²/(2·3²)",
        "Σ |y - Xb| / 0.5 + Σ|b| / 0.7 + ||b||²/(2·3²)",
    ),
]


@pytest.mark.parametrize(
    ("prior", "belief", "squared", "absolute"),
    PENALTIES,
    ids=[repr(case[0]) for case in PENALTIES],
)
def test_the_prior_and_its_penalty(
    prior: Any, belief: str, squared: str, absolute: str
) -> None:
    for likelihood, objective in (
        (NORMAL, squared),
        (likelihoods.Laplace(0.5), absolute),
    ):
        model = model_of(likelihood, prior, intercept=False)
        facts = assumptions(model)
        assert prior.belief() == belief
        assert facts["objective"] == objective
        assert facts["intercept"] == "none"
        assert "intercept" not in dict(formulas(model))


RELATIVE = priors.Normal(HALF, relative_to_noise=True)
# noise sd and prior, the words about scales, and the penalty if there is one
SCALES: dict[str, tuple[Any, Any, dict[str, str], str | None]] = {
    "known": (1.5, TWO, {}, "α = σ²/τ² = 1.5² / 2² = 0.5625"),
    "relative": (
        HALF,
        priors.Normal(2.0, relative_to_noise=True),
        {"noise_sd": "σ ~ HalfNormal(sd=2)"},
        "α = 1/τ² = 1 / 2² = 0.25",
    ),
    "unknown noise": (HALF, TWO, {"noise_sd": "σ ~ HalfNormal(sd=2)"}, None),
    "unknown": (
        HALF,
        RELATIVE,
        {"noise_sd": "σ ~ HalfNormal(sd=2)", "prior_sd": "τ ~ HalfNormal(sd=2)"},
        None,
    ),
}
HEADINGS = {
    "known": "so the MAP minimises",
    "relative": "so the MAP minimises",
    "unknown noise": "so given σ the MAP minimises",
    "unknown": "so given σ and τ the MAP minimises",
}


@pytest.mark.parametrize("name", SCALES)
def test_unknown_scales_are_given_and_a_known_penalty_is_a_number(name: str) -> None:
    noise, prior, laws, penalty = SCALES[name]
    model = model_of(likelihoods.Normal(noise), prior)
    lines = assumption_lines(model)
    said = dict(lines)
    assert said["data"] == "12 rows, 2 features"
    assert {key: said[key] for key in said if key.endswith("_sd")} == laws
    assert said["which is"] == "squared loss with an L2 penalty"
    assert said.get("with the penalty") == penalty
    assert HEADINGS[name] in said
    by_formulas = dict(formulas(model))
    assert said.keys() - by_formulas.keys() == {"data", "which is"}
    assert by_formulas == {
        key: said[key] if key != "prior" else said[key].split(", each")[0]
        for key in by_formulas
    } | {"intercept": "p(a) ∝ 1"}
    facts = assumptions(model)
    assert facts["noise_sd"] == (1.5 if noise == 1.5 else repr(HALF))
    assert facts["prior_sd"] == (2.0 if prior.spread.is_known else repr(HALF))


def test_a_model_without_a_noise_sd_has_none() -> None:
    facts = assumptions(model_of(likelihoods.Poisson(), priors.Laplace(1.0)))
    assert facts["noise_sd"] is facts["prior_sd"] is facts["penalty"] is None
    assert facts["estimator"] is None
    lines = dict(assumption_lines(model_of(likelihoods.Poisson(), TWO)))
    assert lines["with the penalty"] == "α = 1/τ² = 1 / 2² = 0.25"


def test_statistics_remember_the_weights() -> None:
    weights = np.linspace(1.0, 2.0, 12)
    for given, loss in ((None, "||y - a - Xb||²"), (weights, "Σ weight (y - a - Xb)²")):
        statistics = SufficientStatistics.from_rows(X, np.arange(12.0), given)
        model = LinearModel.from_statistics(
            statistics, likelihood=NORMAL, prior=priors.Flat()
        )
        assert assumptions(model)["objective"] == loss


def test_the_estimator_that_a_model_was_read_from_is_named() -> None:
    notes = ("alpha=0.5 is a prior sd of 2", "noise sd 1.5 was given")
    origin = Origin("Ridge", np.zeros((1, 2)), None, notes)
    model = with_origin(model_of(NORMAL, TWO), origin)
    assert assumptions(model)["estimator"] == f"Ridge, {notes[0]}; {notes[1]}"
    lines = assumption_lines(model)
    first = lines.index(("fitted estimator", "Ridge"))
    assert lines[first + 1 : first + 3] == [("", note) for note in notes]
