"""Figures of the course show the numbers that they are given."""

from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from bayes_l2 import GaussianPosterior, LinearModel, likelihoods, priors
from bayes_l2.course.demonstrations.gradient_descent import Descent
from bayes_l2.course.demonstrations.samplers import leapfrog
from bayes_l2.course.figures import demonstrations as figures
from bayes_l2.course.figures import posteriors as posterior_figures


def test_losses_have_a_gap_where_there_is_no_slope() -> None:
    above, below = figures.losses(
        {"squared": likelihoods.Normal(1.0), "absolute": likelihoods.Laplace(1.0)}
    ).axes
    squared, absolute = (np.asarray(line.get_ydata()) for line in above.get_lines())
    np.testing.assert_allclose(squared, np.linspace(-3, 3, 1201) ** 2 / 2)
    assert absolute.min() == 0
    smooth, broken = (np.asarray(line.get_ydata()) for line in below.get_lines())
    assert np.isfinite(smooth).all()
    assert np.isnan(broken).sum() >= 1
    assert above.get_legend_handles_labels()[1] == ["squared", "absolute"]


def test_descents_and_norms() -> None:
    descent = Descent(np.zeros((3, 1)), np.array([4.0, 2.0, 1.0]))
    (axis,) = figures.descents({"a": descent}, {"a": 1.0}).axes
    np.testing.assert_allclose(
        np.asarray(axis.get_lines()[0].get_ydata()), [3, 1, 1e-11]
    )
    (axis,) = figures.norms([1, 10], {"a": [1, 2], "b": [2, 3]}).axes
    assert len(axis.get_lines()) == 2


def data(axis: Any, line: int) -> np.ndarray:
    """Return the points of a line, x above y."""
    return np.array(axis.lines[line].get_data(), dtype=float)


def test_trajectories_end_where_they_turn() -> None:
    """On Normal(0, I) a path from (2, 0) with momentum (0, 1) and mass 1 is an ellipse.

    It is furthest from the start after half of a turn.
    """
    model = LinearModel(
        np.zeros((1, 2)),
        [0.0],
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(1.0),
        intercept=False,
    )
    path = leapfrog(model, [2.0, 0.0], [0.0, 1.0], step=0.01, n_steps=400)
    (axis,) = posterior_figures.trajectories(
        GaussianPosterior.of(model).location, [path]
    ).axes
    marked = {
        line.get_label(): np.array(line.get_data(), dtype=float) for line in axis.lines
    }
    np.testing.assert_allclose(
        marked["where a path turns back"][:, 0], [-2.0, 0.0], atol=0.03
    )
    np.testing.assert_allclose(marked["start"][:, 0], [2.0, 0.0])
    assert "x0" in axis.get_xlabel()
    assert marked["the path after it turns back"].shape[1] == 8
    turn = marked["where a path turns back"]
    np.testing.assert_array_equal(marked["the path after it turns back"][:, :1], turn)
    (short,) = posterior_figures.trajectories(
        GaussianPosterior.of(model).location,
        [leapfrog(model, [2.0, 0.0], [0.0, 1.0], step=0.01, n_steps=9)],
    ).axes
    assert "where it turns back" not in [line.get_label() for line in short.lines]


def test_traces_share_their_axes_and_show_every_chain() -> None:
    draws = np.arange(12.0).reshape(3, 4)
    first, second = posterior_figures.traces(
        {"a": draws, "b": draws + 1}, mean=5.0, sd=1.0, name="bmi"
    ).axes
    np.testing.assert_array_equal(data(first, 0)[1], [5.0, 5.0])
    np.testing.assert_array_equal(
        [data(first, 1 + chain)[1] for chain in range(3)], draws
    )
    np.testing.assert_array_equal(
        [data(second, 1 + chain)[1] for chain in range(3)], draws + 1
    )
    assert (first.get_title("left"), first.get_ylim()) == ("a", second.get_ylim())


def test_errors_are_drawn_as_a_density() -> None:
    (axis,) = posterior_figures.errors_in_mcse([0.1, 0.2, -1.4, 2.6]).axes
    bars: Any = axis.patches
    assert sum(bar.get_height() * bar.get_width() for bar in bars) == pytest.approx(1)
    x, y = data(axis, 0)
    np.testing.assert_allclose(y, stats.norm.pdf(x))
    (far,) = posterior_figures.errors_in_mcse([0.1, 9.0]).axes
    heights = [float(cast(Any, bar).get_height()) for bar in far.patches]
    assert heights[-1] == max(heights)  # not left out
    assert [
        bar.get_x()
        for bar in bars
        if bar.get_height() == max(each.get_height() for each in bars)
    ] == [0.0]


def test_choices_lie_below_the_density_of_the_logarithm() -> None:
    marginal = stats.lognorm(0.5, scale=10.0)
    above, below = posterior_figures.choices(
        marginal, {"evidence": 12.0, "dealt": [1.0, 100.0]}
    ).axes
    x, y = data(above, 0)
    np.testing.assert_allclose(
        y, stats.norm.pdf(np.log(x), np.log(10.0), 0.5), rtol=1e-10
    )
    filled: Any = above.collections[0]
    ends = filled.get_paths()[0].vertices[:, 0]
    np.testing.assert_allclose([ends.min(), ends.max()], marginal.ppf([0.025, 0.975]))
    np.testing.assert_array_equal(data(below, 1), [[1.0, 100.0], [-1.0, -1.0]])
    assert [label.get_text() for label in below.get_yticklabels()] == [
        "evidence",
        "dealt",
    ]


def test_gains_are_summed_row_by_row() -> None:
    (axis,) = posterior_figures.prediction_gains(
        [[1.0, 2.0], [3.0, -1.0]], better="a", worse="b"
    ).axes
    np.testing.assert_array_equal(
        [data(axis, line)[1] for line in range(3)], [[1, 3], [3, 2], [2, 2.5]]
    )


def test_tails_are_drawn_on_both_axes() -> None:
    named: dict[str, Any] = {"t": stats.t(5), "normal": stats.norm()}
    for axis, scale in zip(
        posterior_figures.tails(named, name="bmi").axes, ("linear", "log"), strict=True
    ):
        assert axis.get_yscale() == scale
        for line, marginal in enumerate(named.values()):
            x, y = data(axis, line)
            np.testing.assert_allclose(y, marginal.pdf(x))


def test_summaries_stand_at_their_values() -> None:
    (axis,) = posterior_figures.summaries(
        stats.norm(10, 2), {"mean": 10.0}, modes={"mode": 6.5}, label="noise sd"
    ).axes
    marked = {
        str(line.get_label()): np.asarray(line.get_xdata(), dtype=float)[0]
        for line in axis.lines[1:]
    }
    assert marked == {"mode: 6.5": 6.5, "mean: 10.0": 10.0}


def test_networks_are_drawn() -> None:
    grid = np.array([0.0, 1.0])
    first, second = figures.functions(
        grid, {"a": [[1, 2], [3, 4]], "b": [[5, 6]]}, label="x"
    ).axes
    np.testing.assert_array_equal(
        [data(first, 0)[1], data(first, 1)[1], data(second, 0)[1]],
        [[1, 2], [3, 4], [5, 6]],
    )
    (axis,) = figures.ways_between(grid, [2.0, 40.0], [0.5, 3.0]).axes
    np.testing.assert_array_equal(
        [data(axis, 0)[1], data(axis, 1)[1]], [[2.0, 40.0], [0.5, 3.0]]
    )
    (axis,) = figures.errors_over_decay([0.1, 1.0], [1.0, 2.0], [4.0, 3.0], 2.5).axes
    named = {
        line.get_label(): np.array(line.get_ydata(), dtype=float) for line in axis.lines
    }
    np.testing.assert_array_equal(named["new rows"], [4.0, 3.0])
    np.testing.assert_array_equal(named["rows seen"], [1.0, 2.0])
    np.testing.assert_array_equal(
        named["new rows, ridge without a network"], [2.5, 2.5]
    )
