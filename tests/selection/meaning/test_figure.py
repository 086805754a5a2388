"""The figure of a penalty's meaning: its intervals are those of the rows."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from bayes_l2 import (
    LinearModel,
    fit_exact,
    likelihoods,
    model_of,
    penalty_meaning,
    priors,
)
from bayes_l2.drawing import description

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/guide/meaning.md").read_text(encoding="utf-8")


def of_rows(n: int, mean: float = 0.0) -> LinearModel:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, 3))
    return LinearModel(
        X,
        X[:, 0] + rng.standard_normal(n) + 5.0,
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(0.5, mean=mean),
    )


def test_the_intervals_are_those_of_the_rows_in_order() -> None:
    model = of_rows(12, mean=2.0)
    figure = penalty_meaning(model).plot()
    before, after = (
        cast(Any, each).get_segments() for each in figure.axes[0].collections
    )
    X, y = model.rows("the test")
    mean, sd = fit_exact(model).predict(X, return_sd=True, observation_noise=False)
    order = np.argsort(mean)
    for place, row in enumerate(order):
        away = 1.645 * sd[row]
        np.testing.assert_allclose(
            after[place][:, 1], [mean[row] - away, mean[row] + away], rtol=1e-3
        )
        width = 1.645 * 0.5 * np.linalg.norm(X[row] - X.mean(axis=0))
        level = y.mean() + 2.0 * np.sum(X[row] - X.mean(axis=0))
        ends = [level - width, level + width]
        np.testing.assert_allclose(before[place][:, 1], ends, rtol=1e-3)


def test_the_prior_intervals_stand_at_zero_without_an_intercept() -> None:
    model = replace(of_rows(12), intercept=False)
    figure = penalty_meaning(model).plot()
    lines = cast(Any, figure.axes[0].collections[0]).get_segments()
    np.testing.assert_allclose(np.mean(lines, axis=1)[:, 1], 0.0, atol=1e-12)


@pytest.mark.parametrize("n", [12, 100])
def test_the_rows_are_drawn_with_their_names(n: int) -> None:
    """The legend has a place above all bars, and wide bars lie behind thinner ones."""
    model = of_rows(n)
    meaning = penalty_meaning(model)
    axis: Any = meaning.plot().axes[0]
    shown = min(n, 60)
    (points,) = axis.lines
    X, y = model.rows("the test")
    places = np.unique(np.linspace(0, n - 1, shown).astype(int))
    order = np.argsort(fit_exact(model).predict(X), kind="stable")[places]
    np.testing.assert_array_equal(points.get_ydata(), y[order])
    np.testing.assert_array_equal(points.get_xdata(), np.arange(shown))
    names = [text.get_text() for text in axis.get_legend().get_texts()]
    assert names == [
        "prediction before the data, 90 %",
        "prediction after the data, 90 %",
        "y",
    ]
    assert list(axis.get_xticks()) == []
    assert axis.get_ylabel() == "y"
    assert axis.get_xlabel().startswith("all rows" if n == 12 else "60 of 100 rows")
    assert f"{meaning.prior_prediction_in_y_sds:.2g} sds of y" in axis.get_title()
    before, after = axis.collections
    assert before.get_alpha() < 0.5 < after.get_alpha()
    (wide,), (thin,) = before.get_linewidths(), after.get_linewidths()
    assert 0.6 * wide < thin < 0.8 * wide
    assert wide == (6.0 if n == 12 else 5.0)
    heights = np.concatenate([*before.get_segments(), *after.get_segments()])[:, 1]
    low, high = axis.get_ylim()
    assert low < heights.min() < np.max([*heights, *y[order]]) < high
    top = np.max([*heights, *y[order]])
    assert 0.18 < (high - top) / (high - low) < 0.3


def test_each_histogram_of_r_squared_is_as_high_as_the_other() -> None:
    meaning = penalty_meaning(of_rows(50))
    figure: Any = meaning.plot()
    axis = figure.axes[1]
    for drawn, r2 in zip(
        axis.patches, (meaning.prior_r2, meaning.posterior_r2), strict=True
    ):
        values, edges, _ = drawn.get_data()
        counts = np.histogram(r2.draws, edges)[0]
        assert counts.sum() == len(r2.draws)
        np.testing.assert_allclose(values, counts / counts.max())
        assert edges[0] == r2.draws.min()
        assert edges[-1] == r2.draws.max()
        assert drawn.get_fill()
    for ends, low, high in ((axis.get_xlim(), -0.05, 0), (axis.get_ylim(), 0, 0)):
        assert low <= ends[0] <= high
    assert 1 < axis.get_xlim()[1] < 1.05
    assert 1.2 < axis.get_ylim()[1] < 1.5  # the legend has a place
    assert list(axis.get_yticks()) == []
    assert "R² before and after the data" in axis.get_title()
    assert [text.get_text() for text in axis.get_legend().get_texts()] == [
        f"{words}: median {100 * r2.median:.0f} %"
        for words, r2 in (
            ("before the data", meaning.prior_r2),
            ("after the data", meaning.posterior_r2),
        )
    ]
    width, height = figure.get_size_inches()
    assert 2.5 * height < width <= 10  # two panels, as wide as a page


def test_a_narrow_histogram_stands_about_its_draws() -> None:
    known = replace(of_rows(20), prior=priors.Normal(1e-5, mean=0.5))
    meaning = penalty_meaning(known)
    r2 = meaning.prior_r2.draws
    drawn: Any = meaning.plot().axes[1].patches[0]
    _, edges, _ = drawn.get_data()
    assert np.ptp(r2) < 0.001
    np.testing.assert_allclose(
        edges, r2.min() + np.ptp(r2) / 2 + np.array([-0.002, 0.002]), rtol=1e-9
    )


def test_rows_of_equal_predictions_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    y = rng.standard_normal(100)
    group = np.arange(100.0) % 2
    noise, prior = likelihoods.Normal(1.0), priors.Normal(0.5)
    model = LinearModel(group[:, np.newaxis], y, likelihood=noise, prior=prior)
    (points,) = penalty_meaning(model).plot().axes[0].lines
    slope = y[group == 1].mean() > y[group == 0].mean()
    order = np.argsort(group if slope else -group, kind="stable")
    places = np.unique(np.linspace(0, 99, 60).astype(int))
    np.testing.assert_array_equal(points.get_ydata(), y[order[places]])


def test_many_rows_are_represented_by_a_few() -> None:
    axis = penalty_meaning(of_rows(500)).plot().axes[0]
    assert axis.get_xlabel().startswith("60 of 500 rows")
    assert len(cast(Any, axis.collections[0]).get_segments()) == 60


def test_the_figure_is_labelled_with_its_numbers_in_words() -> None:
    meaning = penalty_meaning(of_rows(50))
    figure = meaning.plot()
    words = meaning.alt_text
    assert description(figure) == words
    assert f"{meaning.prior_prediction_sd:.3g} before" in words
    assert f"{meaning.posterior_prediction_sd:.3g} after" in words
    assert f"{100 * meaning.prior_r2.median:.0f} %" in words


def test_without_rows_the_figure_is_that_of_r_squared() -> None:
    model = of_rows(50)
    streamed = LinearModel.from_statistics(
        model.statistics, likelihood=model.likelihood, prior=model.prior
    )
    meaning = penalty_meaning(streamed)
    (axis,) = meaning.plot().axes
    assert "R²" in axis.get_xlabel()
    assert meaning.plot().get_size_inches()[0] <= 5  # half of a page
    assert "needs the rows" in meaning.alt_text


@pytest.mark.parametrize("prior_sd", [1e-6, 1e6])
def test_a_histogram_at_an_end_is_inside_the_picture(prior_sd: float) -> None:
    model = of_rows(20)
    narrow = LinearModel(
        data=model.data, likelihood=model.likelihood, prior=priors.Normal(prior_sd)
    )
    axis = penalty_meaning(narrow).plot().axes[1]
    for patch in axis.patches:
        ends = cast(Any, patch).get_data().edges
        assert 0 <= ends[0] < ends[-1] <= 1
        assert np.min(np.diff(ends)) > 0.003


def test_the_page_has_the_figure_in_the_words_of_its_numbers() -> None:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    meaning = penalty_meaning(model_of(Ridge(alpha=1).fit(X, y), X, y))
    assert f"![{meaning.alt_text}](../../notebooks/penalty_meaning.png)" in PAGE
