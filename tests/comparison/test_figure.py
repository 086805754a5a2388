"""Figures of a comparison: the numbers behind the marks."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bayes_l2 import (
    ExactComparison,
    GaussianPosterior,
    LinearModel,
    compare,
    fit_exact,
    fit_map,
    fit_ridge,
    likelihoods,
    priors,
)
from bayes_l2.comparison.figure import density_over_draws, forest
from bayes_l2.comparison.text.pictures import MAX_HISTOGRAMS
from tests.oracles import random_problem


def test_forest_marks_every_route_where_it_is(
    diabetes: LinearModel, nutpie_draws: xr.DataTree
) -> None:
    exact = GaussianPosterior.of(diabetes)
    comparison = ExactComparison(
        diabetes,
        exact,
        penalised=fit_ridge(diabetes),
        map=fit_map(diabetes),
        mcmc=nutpie_draws,
    )
    axis = Figure().subplots()
    forest(comparison, axis)
    marks: dict[Any, Any] = {line.get_label(): line.get_xdata() for line in axis.lines}
    for label, route in (("ridge", "penalised"), ("MAP", "map"), ("MCMC mean", "mcmc")):
        np.testing.assert_array_equal(
            marks[label], comparison.table[route].to_numpy()[1:]
        )
    wide: Any = axis.collections[0]
    ends = np.array([segment[:, 0] for segment in wide.get_segments()])
    expected = [exact.marginal(name).interval(0.95) for name in diabetes.feature_names]
    np.testing.assert_allclose(ends, expected)
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == list(diabetes.feature_names)


def test_density_lies_over_its_draws(
    diabetes: LinearModel, nutpie_draws: xr.DataTree
) -> None:
    comparison = ExactComparison(
        diabetes, GaussianPosterior.of(diabetes), mcmc=nutpie_draws
    )
    axis = Figure().subplots()
    density_over_draws(comparison, "bmi", axis)
    x, y = (np.asarray(values) for values in axis.lines[0].get_data())
    assert x[np.argmax(y)] == pytest.approx(
        comparison.exact.marginal("bmi").mean(),
        abs=0.05 * comparison.exact.marginal("bmi").std(),
    )
    bars: Any = axis.patches
    area = sum(bar.get_width() * bar.get_height() for bar in bars)
    assert area == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("p", [1, 2, 15])
def test_comparison_figure_has_a_panel_a_coefficient(p: int) -> None:
    model = random_problem(1, 30, p)
    comparison = compare(model, mcmc=fit_exact(model).to_datatree(draws=200, seed=1))
    figure = comparison.plot()
    titles = [axis.get_title() for axis in figure.axes if axis.get_title()]
    assert titles[0] == "All routes on the exact posterior"
    assert titles[1:] == [f"x{j}" for j in range(min(p, MAX_HISTOGRAMS))]
    figure.savefig("/dev/null", format="png")


def test_comparison_figure_without_draws_is_the_forest(diabetes: LinearModel) -> None:
    assert len(compare(diabetes, routes=["penalised"]).plot().axes) == 1


def test_unknown_scales_are_drawn_over_their_draws(diabetes: LinearModel) -> None:
    X, y = diabetes.rows("the test")
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(priors.HalfNormal(100.0)),
        prior=priors.Normal(priors.HalfCauchy(20.0)),
    )
    exact = fit_exact(model)
    comparison = ExactComparison(model, exact, mcmc=exact.to_datatree(seed=1))
    figure = comparison.plot()
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[-3:] == ["noise_sd", "prior_sd", "penalty"]
    means = next(
        line for line in figure.axes[0].lines if line.get_label() == "MCMC mean"
    )
    np.testing.assert_allclose(
        np.asarray(means.get_xdata()),
        comparison.table["mcmc"].loc[list(model.feature_names)],
    )
    axis = Figure().subplots()
    density_over_draws(comparison, "penalty", axis)
    bars = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    heights, edges = (
        np.array([bar.get_height() for bar in bars]),
        np.array([bar.get_x() for bar in bars]),
    )
    width = edges[1] - edges[0]
    shares = np.diff(exact.marginal("penalty").cdf(np.append(edges, edges[-1] + width)))
    # 40 shares of 4000 draws, 7 binomial standard errors
    np.testing.assert_array_less(
        np.abs(heights * width - shares), 7 * np.sqrt(shares / 4000)
    )
