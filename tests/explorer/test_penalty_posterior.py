"""The explorer's posterior of the penalty against that of fit_exact."""

import numpy as np
import pytest

from bayes_l2 import L2Regressor, LinearModel, datasets, fit_exact, likelihoods, priors
from tests.explorer.models import Generated, unknown_scales
from tests.explorer.node import needs_node, run_node

pytestmark = needs_node
PROBABILITIES = np.array([1e-3, 0.05, 0.3, 0.5, 0.95, 0.999])
SHARP = 1e-6  # probability, and sds of log penalty


def proper(count: int) -> list[Generated]:
    """Return the proper ones of generated models whose prior sd is not flat."""
    models = [unknown_scales(seed) for seed in range(count)]
    penalised = [each for each in models if each.fields["prior_sd"] is not None]
    return [each for each in penalised if not each.model.propriety.improper]


@pytest.mark.parametrize("count", [6, pytest.param(100, marks=pytest.mark.slow)])
def test_the_posterior_of_the_penalty_is_that_of_fit_exact(count: int) -> None:
    models = proper(count)
    given = {"probabilities": PROBABILITIES.tolist()}
    found = run_node([("penaltyQuantiles", each.fields | given) for each in models])
    for generated, result in zip(models, found, strict=True):
        exact = fit_exact(generated.model).marginal("penalty")
        at = np.array(result["quantiles"])
        assert np.all(abs(exact.cdf(at) - PROBABILITIES) <= SHARP)
        assert np.all(abs(result["below"] - PROBABILITIES) <= 1e-12)
        # a density of log penalty, whose sd is about one over four times its top
        densities = exact.pdf(at) * at
        assert np.all(abs(densities - result["densities"]) <= SHARP * densities.max())
        low, high = np.log(exact.ppf([0.05, 0.95]))
        off = abs(np.log(at) - np.log(exact.ppf(PROBABILITIES)))
        assert np.all(off[1:-1] <= SHARP * (high - low))


@pytest.mark.parametrize("rows", [20, 442])
def test_priors_of_unknown_scales_are_those_of_the_estimator(rows: int) -> None:
    X, y = datasets.diabetes()
    X, y = X.to_numpy()[:rows], y.to_numpy()[:rows]
    task = {"X": X.tolist(), "y": y.tolist()}
    given = {"probabilities": [0.5]}
    (scales,) = run_node([("defaultPriors", task)])
    model = L2Regressor().fit(X, y).model_
    names = {"noise_sd": model.likelihood.noise, "prior_sd": model.prior.sd}
    for name, prior in names.items():
        assert isinstance(prior, priors.HalfStudentT)
        assert prior.df == 3
        assert scales[name]["kind"] == "HalfStudentT"
        assert scales[name]["scale"] == pytest.approx(prior.scale, rel=1e-12)
    (found,) = run_node([("penaltyQuantiles", task | scales | given)])
    same = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(names["noise_sd"]),
        prior=priors.Normal(names["prior_sd"]),
    )
    median = fit_exact(same).marginal("penalty").median()
    assert found["quantiles"][0] == pytest.approx(median, rel=SHARP)
    assert L2Regressor().fit(X, y).penalty_ == pytest.approx(median, rel=SHARP)
