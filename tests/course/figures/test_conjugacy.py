"""Figures of a conjugate posterior: the numbers behind the marks."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import GaussianPosterior
from bayes_l2.course.figures import conjugacy as plots
from tests.oracles import random_problem


def test_ellipses_hold_their_probability() -> None:
    model = random_problem(2, 30, 2, intercept=False)
    posterior = GaussianPosterior.of(model).location
    axis = plots.prior_likelihood_posterior(posterior, posterior, posterior).axes[0]
    x, y = axis.lines[0].get_data()  # the 50 % ellipse
    scaled = (np.column_stack([x, y]) - posterior.mean) @ posterior.root.T
    np.testing.assert_allclose(np.sum(scaled**2, axis=1), -2 * np.log(0.5), rtol=1e-9)


def test_shrinkage_path_draws_both_routes() -> None:
    rng = np.random.default_rng(3)
    means = np.sort(rng.standard_normal((4, 3)), axis=0)
    axis = plots.shrinkage_path(
        [0.1, 1, 10, 100], means + 1, means, ["a", "b", "c"], marked=7.29
    ).axes[0]
    curves = [np.asarray(line.get_ydata()) for line in axis.lines[:6]]
    for j in range(3):
        np.testing.assert_array_equal(curves[2 * j], means[:, j])
        np.testing.assert_array_equal(curves[2 * j + 1], means[:, j] + 1)
    assert [text.get_text() for text in axis.texts] == ["a", "b", "c"]
    names: Any = axis.texts
    heights = sorted(name.xyann[1] for name in names)
    assert np.diff(heights).min() >= np.ptp(means) / 22 * (1 - 1e-9)


def test_sequence_draws_each_density() -> None:
    posteriors = [GaussianPosterior.of(random_problem(seed, 20, 2)) for seed in (1, 2)]
    axis = plots.sequence(posteriors, ["first", "second"], "x1").axes[0]
    for posterior, line in zip(posteriors, axis.lines, strict=True):
        x, y = (np.asarray(values) for values in line.get_data())
        assert x[np.argmax(y)] == pytest.approx(posterior.coef[1])
    legend: Any = axis.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["first", "second"]


def test_prediction_band_is_95_percent() -> None:
    grid = np.array([0.0, 1.0])
    axis = plots.prediction_band(
        [0], [0], grid, grid, grid + 1, grid + 2, "x", "y"
    ).axes[0]
    for band, sd in zip(axis.collections, (grid + 2, grid + 1), strict=True):
        edges = np.asarray(band.get_paths()[0].vertices)[:, 1]
        assert edges.max() == pytest.approx((grid + 1.959964 * sd).max(), rel=1e-6)
        assert edges.min() == pytest.approx((grid - 1.959964 * sd).min(), rel=1e-6)
