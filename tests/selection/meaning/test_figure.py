"""The figure of a penalty's meaning: its intervals are those of the rows."""

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
