"""Figures show what they should: the numbers behind the marks."""

from typing import Any, cast

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
    penalty_path,
    plots,
    priors,
)
from bayes_l2.comparisons.figure import MAX_HISTOGRAMS, density_over_draws, forest
from tests.oracles import random_problem


def test_forest_marks_every_route_where_it_is(diabetes: LinearModel, nutpie_draws: xr.DataTree) -> None:
    exact = GaussianPosterior.of(diabetes)
    comparison = ExactComparison(
        diabetes, exact, penalised=fit_ridge(diabetes), map=fit_map(diabetes), mcmc=nutpie_draws
    )
    axis = Figure().subplots()
    forest(comparison, axis)
    marks: dict[Any, Any] = {line.get_label(): line.get_xdata() for line in axis.lines}
    for label, route in (("ridge", "ridge"), ("MAP", "map"), ("MCMC mean", "mcmc")):
        np.testing.assert_array_equal(marks[label], comparison.table[route].to_numpy()[1:])
    wide: Any = axis.collections[0]
    ends = np.array([segment[:, 0] for segment in wide.get_segments()])
    np.testing.assert_allclose(ends, exact.interval(0.95))
    assert [label.get_text() for label in axis.get_yticklabels()] == list(exact.names)


def test_one_number_is_many_priors() -> None:
    figure = plots.priors_of_one_number(4.0, noise_sd=10.0, n=100, batch_size=20, y_sd=25.0)
    (axis,) = figure.axes
    sds: Any = axis.lines[0].get_xdata()
    labels = [label.get_text().replace("\n", " ").split(", ") for label in axis.get_yticklabels()]
    points = {name: sd for names, sd in zip(labels, sds, strict=True) for name in names}
    for name, sd in (("ridge", 5.0), ("elastic-net", 0.5), ("pymc", 4.0), ("glmnet", 2.5), ("torch-sgd", 0.5**0.5)):
        assert points[name] == pytest.approx(sd, rel=1e-8)
    assert list(sds) == sorted(sds)
    assert not {"torch-adamw", "logistic-regression"} & set(points)


def test_density_lies_over_its_draws(diabetes: LinearModel, nutpie_draws: xr.DataTree) -> None:
    comparison = ExactComparison(diabetes, GaussianPosterior.of(diabetes), mcmc=nutpie_draws)
    axis = Figure().subplots()
    density_over_draws(comparison, "bmi", axis)
    x, y = (np.asarray(values) for values in axis.lines[0].get_data())
    assert x[np.argmax(y)] == pytest.approx(comparison.exact.mean[2], abs=0.05 * comparison.exact.sd[2])
    bars: Any = axis.patches
    area = sum(bar.get_width() * bar.get_height() for bar in bars)
    assert area == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("p", [1, 2, 15])
def test_comparison_figure_has_a_panel_a_coefficient(p: int) -> None:
    comparison = compare(random_problem(1, 30, p), seed=1, draws=400, tune=300, progress=False)
    figure = comparison.plot()
    titles = [axis.get_title() for axis in figure.axes if axis.get_title()]
    assert titles[0] == "All routes on the exact posterior"
    assert titles[1:] == [f"x{j}" for j in range(min(p, MAX_HISTOGRAMS))]
    figure.savefig("/dev/null", format="png")


def test_comparison_figure_without_draws_is_the_forest(diabetes: LinearModel) -> None:
    assert len(compare(diabetes, routes=["ridge"]).plot().axes) == 1


def test_ellipses_hold_their_probability() -> None:
    model = random_problem(2, 30, 2, intercept=False)
    posterior = GaussianPosterior.of(model)
    axis = plots.prior_likelihood_posterior(posterior, posterior, posterior).axes[0]
    x, y = axis.lines[0].get_data()  # the 50 % ellipse
    scaled = (np.column_stack([x, y]) - posterior.mean) @ posterior.root.T
    np.testing.assert_allclose(np.sum(scaled**2, axis=1), -2 * np.log(0.5), rtol=1e-9)


def test_shrinkage_path_draws_both_routes() -> None:
    rng = np.random.default_rng(3)
    means = np.sort(rng.standard_normal((4, 3)), axis=0)
    axis = plots.shrinkage_path([0.1, 1, 10, 100], means + 1, means, ["a", "b", "c"], marked=7.29).axes[0]
    curves = [np.asarray(line.get_ydata()) for line in axis.lines[:6]]
    for j in range(3):
        np.testing.assert_array_equal(curves[2 * j], means[:, j])
        np.testing.assert_array_equal(curves[2 * j + 1], means[:, j] + 1)
    assert [text.get_text() for text in axis.texts] == ["a", "b", "c"]
    names: Any = axis.texts
    heights = sorted(name.xyann[1] for name in names)
    assert np.diff(heights).min() >= np.ptp(means) / 28 * (1 - 1e-9)


def test_sequence_draws_each_density() -> None:
    posteriors = [GaussianPosterior.of(random_problem(seed, 20, 2)) for seed in (1, 2)]
    axis = plots.sequence(posteriors, ["first", "second"], "x1").axes[0]
    for posterior, line in zip(posteriors, axis.lines, strict=True):
        x, y = (np.asarray(values) for values in line.get_data())
        assert x[np.argmax(y)] == pytest.approx(posterior.mean[1])
    legend: Any = axis.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["first", "second"]


def test_prediction_band_is_95_percent() -> None:
    grid = np.array([0.0, 1.0])
    axis = plots.prediction_band([0], [0], grid, grid, grid + 1, grid + 2, "x", "y").axes[0]
    for band, sd in zip(axis.collections, (grid + 2, grid + 1), strict=True):
        edges = np.asarray(band.get_paths()[0].vertices)[:, 1]
        assert edges.max() == pytest.approx((grid + 1.959964 * sd).max(), rel=1e-6)
        assert edges.min() == pytest.approx((grid - 1.959964 * sd).min(), rel=1e-6)


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
    means = next(line for line in figure.axes[0].lines if line.get_label() == "MCMC mean")
    np.testing.assert_allclose(np.asarray(means.get_xdata()), comparison.table["mcmc"].loc[list(exact.names)])
    axis = Figure().subplots()
    density_over_draws(comparison, "penalty", axis)
    bars = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    heights, edges = np.array([bar.get_height() for bar in bars]), np.array([bar.get_x() for bar in bars])
    width = edges[1] - edges[0]
    shares = np.diff(exact.marginal("penalty").cdf(np.append(edges, edges[-1] + width)))
    # 40 shares of 4000 draws, 7 binomial standard errors
    np.testing.assert_array_less(np.abs(heights * width - shares), 7 * np.sqrt(shares / 4000))


@pytest.mark.parametrize(("p", "named"), [(3, True), (30, False)])
def test_a_penalty_path_names_its_coefficients_where_they_start(p: int, named: bool) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((50, p)), rng.standard_normal(50)
    model = LinearModel(X, y, likelihood=likelihoods.Normal(sd=1), prior=priors.Normal(sd=1))
    path = penalty_path(model, [0.1, 1e4])
    bottom = path.plot().axes[1]
    places = {text.get_text(): cast(Any, text).xy for text in bottom.texts}
    assert set(places) == (set(model.feature_names) if named else set())
    for name, (x, height) in places.items():
        assert x < 0.1
        assert abs(height - path.coef[0, model.feature_names.index(name)]) < np.ptp(path.coef) / 8
