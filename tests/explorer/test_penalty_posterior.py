"""The explorer's posterior of the penalty against that of fit_exact."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_l2 import (
    L2Regressor,
    LinearModel,
    choose_penalty,
    datasets,
    fit_exact,
    penalty_path,
    priors,
)
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


@pytest.mark.parametrize(("rows", "noise_sd"), [(20, 54.0), (442, None)])
def test_the_view_shows_the_posterior_of_the_estimator(
    rows: int, noise_sd: float | None
) -> None:
    """Its priors, quantiles and moves are those of L2Regressor and the package."""
    X, y = datasets.diabetes()
    X, y = X.to_numpy()[:rows], y.to_numpy()[:rows]
    task = {"X": X.tolist(), "y": y.tolist(), "noise_sd": noise_sd, "at": 20.0}
    (found,) = run_node([("hierarchy", task)])
    regressor = L2Regressor("unknown" if noise_sd is None else noise_sd).fit(X, y)
    model, posterior = regressor.model_, regressor.posterior_
    scales = {"prior_sd": model.gaussian_prior.spread}
    if noise_sd is None:
        scales["noise_sd"] = model.likelihood.noise
    for name, prior in scales.items():
        assert isinstance(prior, priors.HalfStudentT)
        assert prior.df == 3
        assert found["priors"][name]["kind"] == "HalfStudentT"
        assert found["priors"][name]["scale"] == pytest.approx(prior.scale, rel=1e-12)
    penalty = posterior.marginal("penalty")
    low, median, high = penalty.ppf([0.05, 0.5, 0.95])
    assert found["median"] == pytest.approx(regressor.penalty_, rel=SHARP)
    assert [found[name] for name in ("low", "median", "high")] == pytest.approx(
        [low, median, high], rel=SHARP
    )
    assert found["below"] == pytest.approx(penalty.cdf(20.0), abs=SHARP)
    moves = abs(np.diff(penalty_path(model, [low, high]).coef, axis=0)[0])
    in_sds = moves / regressor.coef_sd_
    assert found["mover"] == np.argmax(in_sds)
    assert found["most"] == pytest.approx(in_sds.max(), rel=1e-5)
    decades = np.geomspace(0.01, 1e5, 141)
    densities = penalty.pdf(decades) * decades * np.log(10)
    np.testing.assert_allclose(found["densities"], densities, atol=1e-5)
    # choose_penalty takes leave-one-out's best of a grid
    bests = {
        by: choose_penalty(flat_of(model), by=by).penalty for by in ("evidence", "gcv")
    }
    errors = {by: abs(np.log(found["chosen"][by] / best)) for by, best in bests.items()}
    assert max(errors.values()) <= 1e-3, errors
    near = found["chosen"]["loo"] * np.exp([-0.01, 0.0, 0.01])
    left_out = LinearModel(X, y, likelihood=model.likelihood, prior=model.prior)
    loo = penalty_path(left_out, near).loo_error
    assert loo is not None
    assert loo[1] < min(loo[0], loo[2])


def flat_of(model: LinearModel) -> LinearModel:
    """Return the model with a prior sd that a criterion chooses by the rows alone."""
    return replace(model, prior=priors.Normal(priors.FlatLogScale()))
