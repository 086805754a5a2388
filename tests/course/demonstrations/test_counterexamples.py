"""Counterexamples: each disagreement is as large as theory says."""

import pytest

from bayes_l2 import LinearModel, datasets, fit_map, likelihoods, priors
from bayes_l2.course.demonstrations.counterexamples import CASES

# relative to the prediction; larger where theory is a first order or a limit
TOLERANCES = {
    "logistic likelihood": 0.2,
    "AdamW": 1e-4,
    "unknown noise": 1e-4,
    "Laplace prior": 1e-3,
}


@pytest.mark.parametrize("name", CASES)
def test_the_disagreement_is_as_large_as_theory_says(name: str) -> None:
    case = CASES[name]()
    tolerance = TOLERANCES.get(name, 1e-6)
    assert case.measured == pytest.approx(case.predicted, rel=tolerance)
    assert abs(case.measured) > 0.01
    assert case.expectation
    assert case.unit
    assert case.reason


def test_the_gallery_has_ten_cases() -> None:
    assert len(CASES) == 10
    assert all(case.__doc__ for case in CASES.values())


def test_a_density_without_a_maximum_is_refused() -> None:
    X, y = datasets.diabetes()
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(54.0),
        prior=priors.Normal(priors.HalfCauchy(20.0)),
    )
    with pytest.raises(
        ValueError, match=r"it grows as prior_sd\^-10 for prior_sd towards 0"
    ):
        fit_map(model)
