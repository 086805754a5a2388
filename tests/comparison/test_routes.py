"""The routes that a comparison runs: which engine, and what needs rows in memory."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    ApproximateComparison,
    LinearModel,
    compare,
    fit_exact,
    likelihoods,
    priors,
)
from bayes_l2.comparison.diagnostics import FALSE_ALARM_RATE
from tests.comparison.test_failures import MODELS
from tests.model.partitioned.arrays import ArrayPartitions


def test_the_engine_pymc_needs_rows_only_where_it_would_run() -> None:
    rows = MODELS["gaussian"]
    terms: dict[str, Any] = {"likelihood": rows.likelihood, "prior": rows.prior}
    model = LinearModel.from_statistics(rows.statistics, **terms)
    for routes in (["map"], ["mcmc"]):
        with pytest.raises(ValueError, match=r"^engine='pymc' needs the rows"):
            compare(model, routes=routes, engine="pymc")
    assert compare(model, routes=["penalised"], engine="pymc").passed
    tree = fit_exact(model).to_datatree(draws=20, chains=2, seed=1)
    held = compare(model, routes=["mcmc"], engine="pymc", mcmc=tree)
    assert held.mcmc is not None
    assert compare(model, routes=["map"]).passed


def test_the_map_is_searched_by_the_engine_that_can() -> None:
    cases: list[tuple[str, Any, str]] = [
        ("gaussian", "nutpie", "scipy"),
        ("median", "pymc", "interior point"),
    ]
    for name, engine, route in cases:
        found = compare(MODELS[name], routes=["map"], engine=engine)
        assert found.map is not None
        assert route in found.map.route


def test_rows_in_parts_have_the_routes_that_can_read_them(tmp_path: Path) -> None:
    X, y = MODELS["bernoulli"].rows("the test")
    terms: dict[str, Any] = {"prior": priors.Normal(1.0)}
    terms["likelihood"] = likelihoods.Bernoulli()
    parts = LinearModel.from_partitions(ArrayPartitions(X, y, cuts=[11]), **terms)
    found = compare(parts)
    assert found.failed == {}
    assert found.map is not None
    for route, who, instead in (
        ("mcmc", "MCMC", "compare a sample of the rows too"),
        ("penalised", "the penalised fit", "the route map minimises the same"),
    ):
        reason = found.not_applicable[route]
        assert reason.startswith(f"{who} needs the rows of X and y")
        assert instead in reason
    with pytest.raises(ValueError, match=r"^mcmc= needs .* use a sample of the rows"):
        compare(parts, mcmc={})
    with pytest.raises(ValueError, match=r"^Comparison.save needs .* as JSON"):
        found.save(tmp_path / "none.nc")


def test_only_gaussian_noise_with_a_ridge_prior_is_called_ridge() -> None:
    X, y = MODELS["gaussian"].rows("the test")
    lasso = LinearModel(
        X, y, likelihood=likelihoods.Normal(1.0), prior=priors.Laplace(1.0)
    )
    names = {
        "gaussian": "ridge",
        "bernoulli": "penalised fit",
        "lasso": "penalised fit",
    }
    for name, model in {**MODELS, "lasso": lasso}.items():
        if name in names:
            assert ApproximateComparison(model, None).penalised_name == names[name]


def test_a_density_without_a_maximum_has_no_map_and_no_failure() -> None:
    """With one coefficient it grows as 1 / prior_sd, whose logarithm is bounded."""
    X, y = MODELS["gaussian"].rows("the test")
    prior = priors.Normal(priors.HalfNormal(2.0))
    model = LinearModel(X[:, :1], y, likelihood=likelihoods.Normal(1.0), prior=prior)
    found = compare(model, routes=["map"])
    assert found.failed == {}
    assert "it grows as prior_sd^-1 for" in found.not_applicable["map"]


def test_draws_that_repel_each_other_are_known_no_better_for_it() -> None:
    """The bound is Student's t with a degree of freedom for 12 draws at most."""
    model = MODELS["gaussian"]
    tree = fit_exact(model).to_datatree(draws=60, chains=2, seed=1)
    held = compare(model, routes=["map"], mcmc=tree)
    rate = 2 * stats.t(120 / 12).sf(held.largest_z(np.full(3, 1e4)))
    few = 2 * stats.t(60 / 12).sf(held.largest_z(np.full(3, 60.0)))
    assert rate == pytest.approx(FALSE_ALARM_RATE / (2 * 3), rel=1e-9)
    assert few == pytest.approx(rate, rel=1e-9)
    assert held.map is not None
    assert held.to_dict()["parameters"]["x1"]["map"] == held.map.coef[1]
