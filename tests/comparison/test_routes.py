"""The routes that a comparison runs: which engine, and what needs rows in memory."""

from pathlib import Path
from typing import Any

import pytest

from bayes_l2 import LinearModel, compare, fit_exact, likelihoods, priors
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
