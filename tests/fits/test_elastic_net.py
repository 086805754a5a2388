"""The elastic-net prior between its limits, and in the places that know it by name."""

import json
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, datasets, fit_exact, fit_map, likelihoods, priors
from bayes_l2.cli.main import main
from bayes_l2.model.description import assumptions

NORMAL = likelihoods.Normal(54.0)


def model(prior: Any) -> LinearModel:
    X, y = datasets.diabetes()
    return LinearModel(X, y, likelihood=NORMAL, prior=prior)


def test_its_limits_are_the_two_penalties() -> None:
    """The other factor of the density is nearly constant: 1e-6 of a coefficient."""
    for factor, limit in (
        (priors.ElasticNet(14.0, 1e7), priors.Laplace(14.0)),
        (priors.ElasticNet(1e9, 20.0), priors.Normal(20.0)),
    ):
        ours, theirs = fit_map(model(factor)), fit_map(model(limit))
        assert ours.converged
        np.testing.assert_allclose(ours.coef, theirs.coef, rtol=1e-6, atol=1e-6)
        constant = factor.log_density(np.zeros((1, 3)))
        assert constant == pytest.approx(limit.log_density(np.zeros((1, 3))), rel=1e-6)


def test_equal_columns_have_equal_coefficients_and_zeros_are_exact() -> None:
    X, y = datasets.diabetes()
    doubled = np.column_stack([X, X["bmi"]])
    prior = priors.ElasticNet(3.0, 20.0)
    found = fit_map(LinearModel(doubled, y, likelihood=NORMAL, prior=prior))
    assert found.converged
    assert found.coef[2] == pytest.approx(found.coef[-1], rel=1e-9)
    assert (found.coef == 0.0).sum() == 3


def test_there_is_no_exact_posterior_and_the_words_are_its_own() -> None:
    stated = model(priors.ElasticNet(14.0, 20.0))
    with pytest.raises(ValueError, match="the ElasticNet prior is not conjugate"):
        fit_exact(stated)
    facts = assumptions(stated)
    assert facts["prior"].startswith("p(b) ∝ exp(-|b| / 14 - b² / 2·20²)")
    assert facts["objective"].endswith("/ 2σ² + Σ|b| / 14 + ||b||²/(2·20²)")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0), "prior l1_scale must be positive"),
        ((1.0, 0.0), "prior l2_sd must be positive"),
        (("1", 1.0), "prior l1_scale must be one positive number"),
    ],
)
def test_what_is_no_scale_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        priors.ElasticNet(*arguments)


def test_the_command_line_knows_it(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--prior", "elasticnet:14,20", "--routes", "penalised,map", "--json"]
    with pytest.raises(SystemExit) as stop:
        main(["compare", *options])
    assert stop.value.code == 0
    found = json.loads(capsys.readouterr().out)
    expected = fit_map(model(priors.ElasticNet(14.0, 20.0)))
    for route in ("penalised", "map"):
        value = found["parameters"]["bmi"][route]
        assert value == pytest.approx(expected.coef[2], rel=1e-6)
