"""Figures have room for each row and panel, and marks where their numbers are."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from scipy import stats

from bayes_l2.comparison.figure import (
    comparison_figure,
    density_over_draws,
    draws_figure,
    draws_panels,
    forest,
    forest_figure,
)
from bayes_l2.drawing import COLOURS, description
from tests.comparison.drawn import DRAWS, EXACT, MEANS, NAMES, SDS, shown, tree

ROUTES = {"map": [3.0, -3.0, 0.5], "mcmc": [3.5, -4.0, 0.5]}


def drawn(comparison: Any) -> Axes:
    axis = Figure().subplots()
    forest(comparison, axis)
    return axis


def test_rows_go_downwards_with_both_intervals_and_a_line_at_zero() -> None:
    axis = drawn(shown(reference=EXACT, exact=EXACT[1], routes=ROUTES))
    wide, narrow = axis.collections
    for lines, probability in ((wide, 0.95), (narrow, 0.5)):
        parts: Any = lines
        ends = np.array([segment[:, 0] for segment in parts.get_segments()])
        expected = np.column_stack(stats.norm(MEANS, SDS).interval(probability))
        np.testing.assert_allclose(ends, expected, rtol=1e-12)
        heights = [segment[0, 1] for segment in parts.get_segments()]
        assert heights == [2, 1, 0]
        assert parts.get_label() == f"exact posterior, {probability:.0%}"
    *marks, zero = axis.lines
    assert [str(each.get_label()) for each in marks] == ["MAP", "MCMC mean"]
    for mark in marks:
        np.testing.assert_array_equal(np.asarray(mark.get_ydata()), [2, 1, 0])
    np.testing.assert_array_equal(np.asarray(marks[0].get_xdata()), ROUTES["map"])
    np.testing.assert_array_equal(np.asarray(zero.get_xdata()), [0, 0])
    assert list(axis.get_yticks()) == [2, 1, 0]
    assert [each.get_text() for each in axis.get_yticklabels()] == list(NAMES)
    assert axis.get_xlabel() == "coefficient (units of y per unit of the column)"
    low, high = axis.get_ylim()
    assert -1 < low < -0.5  # half a row beyond the first and the last
    assert 2.5 < high < 3
    figure: Any = axis.get_figure()
    (legend,) = figure.findobj(Legend)
    assert isinstance(legend, Legend)
    assert len(legend.get_texts()) == 4


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        ({"reference": EXACT, "exact": 1}, "All routes on the exact posterior"),
        (
            {"reference": ("Laplace approximation", EXACT[1])},
            "All routes over the Laplace approximation",
        ),
        ({"mcmc": tree()}, "All routes"),
        ({}, "All routes"),
    ],
)
def test_a_forest_says_what_it_stands_on(parts: Any, title: str) -> None:
    axis = drawn(shown(routes=ROUTES, **parts))
    assert axis.get_title() == title
    assert len(axis.collections) == (2 if parts else 0)


def test_more_than_forty_rows_are_told() -> None:
    names = tuple(f"x{j}" for j in range(41))
    for n in (40, 41):
        axis = drawn(shown(names[:n], routes={"map": np.arange(float(n))}))
        assert ("(first 40 coefficients)" in axis.get_title()) == (n == 41)
        assert len(axis.get_yticks()) == 40


def inches(figure: Figure) -> float:
    return float(figure.get_size_inches()[1])


def test_each_row_has_a_quarter_of_an_inch_up_to_forty_rows() -> None:
    heights = []
    for n in (1, 21, 40, 60):
        names = tuple(f"x{j}" for j in range(n))
        heights.append(inches(forest_figure(shown(names, routes={"map": np.ones(n)}))))
    one, some, all_of_them, more = heights
    assert (some - one) / 20 == pytest.approx(0.27)
    assert more == all_of_them == pytest.approx(one + 39 * 0.27)
    assert 1.5 < one < 2.5  # with room for title, axis and legend


@pytest.fixture
def titles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels have their titles and no bars, which take time."""

    def title(_: Any, name: str, axis: Axes) -> None:
        axis.set_title(name)
        axis.set_yticks([])

    monkeypatch.setattr("bayes_l2.comparison.figure.density_over_draws", title)


def panels(n: int, **parts: Any) -> Figure:
    names = tuple(NAMES[j % 3] for j in range(n))
    figure = Figure()
    draws_panels(shown(names, mcmc=tree(), **parts), figure)
    return figure


@pytest.mark.usefixtures("titles_alone")
@pytest.mark.parametrize(("n", "shape"), [(1, (1, 1)), (3, (1, 3)), (5, (2, 4))])
def test_panels_stand_four_in_a_row(n: int, shape: tuple[int, int]) -> None:
    figure = panels(n)
    place: Any = figure.axes[0].get_subplotspec()
    assert (place.get_gridspec().nrows, place.get_gridspec().ncols) == shape
    titles = [each.get_title() for each in figure.axes]
    assert titles == [*(NAMES[j % 3] for j in range(n)), *[""] * (len(titles) - n)]
    assert [each.axison for each in figure.axes] == [bool(each) for each in titles]


@pytest.mark.usefixtures("titles_alone")
def test_each_row_of_panels_has_an_inch_and_a_fifth() -> None:
    one, two = (inches(draws_figure(shown(NAMES * k, mcmc=tree()))) for k in (1, 2))
    assert two - one == pytest.approx(1.2)
    assert 1.5 < one < 2.5


@pytest.mark.usefixtures("titles_alone")
@pytest.mark.parametrize(
    ("parts", "title"),
    [
        ({}, "NUTS draws (first 2 coefficients)"),
        (
            {"reference": EXACT, "exact": 1},
            "Exact density over NUTS draws (first 2 coefficients)",
        ),
        (
            {"reference": ("Laplace approximation", EXACT[1])},
            "Laplace approximation over NUTS draws (first 2 coefficients)",
        ),
        ({"scale_names": ("prior_sd",)}, "NUTS draws (first 1 coefficients)"),
    ],
)
def test_panels_say_what_they_show(
    parts: Any, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "bayes_l2.comparison.text.pictures.MAX_HISTOGRAMS"
    assert panels(2).get_suptitle() == "NUTS draws"
    monkeypatch.setattr(name, 2)
    assert panels(3, **parts).get_suptitle() == title


@pytest.mark.usefixtures("titles_alone")
def test_a_figure_with_draws_is_a_forest_above_panels() -> None:
    comparison = shown(reference=EXACT, exact=1, routes=ROUTES, mcmc=tree())
    figure = comparison_figure(comparison)
    above, below = figure.subfigs
    assert [len(part.axes) for part in (above, below)] == [1, 3]
    alone = forest_figure(comparison), draws_figure(comparison)
    assert inches(figure) == pytest.approx(sum(map(inches, alone)))
    words = [description(each) for each in alone]
    assert description(figure) == f"Above: {words[0]} Below: {words[1]}"
    assert [len(each.axes) for each in alone] == [1, 3]
    comparison.mcmc = None
    assert description(comparison_figure(comparison)) == words[0]


@pytest.mark.parametrize("reference", [None, EXACT])
@pytest.mark.parametrize("name", ["a", "prior_sd"])
def test_bars_are_a_density_under_that_of_the_reference(
    name: str, reference: Any
) -> None:
    """Of a scale, half a thousandth and half a hundredth of the tails are left out."""
    axis = Figure().subplots()
    comparison = shown(reference=reference, mcmc=tree(), scale_names=("prior_sd",))
    density_over_draws(comparison, name, axis)
    bars: Any = axis.patches
    area = sum(bar.get_width() * bar.get_height() for bar in bars)
    draws = DRAWS[name]
    low, high = draws.min(), draws.max()
    is_cut = name == "prior_sd" and reference is not None
    if is_cut:
        low, high = stats.gamma(4.0).ppf([0.0005, 0.995])
    inside = np.mean((draws >= low) & (draws <= high))
    assert area == pytest.approx(inside, rel=1e-9)
    assert len(bars) == 40
    assert bars[0].get_x() == pytest.approx(low)
    assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(high)
    assert len(axis.get_yticks()) == 0
    assert len(axis.lines) == (reference is not None)
    for line in axis.lines:
        x, y = (np.asarray(values, float) for values in line.get_data())
        law: Any = stats.gamma(4.0) if name == "prior_sd" else stats.norm(3.0, 1.0)
        np.testing.assert_allclose(y, law.pdf(x), rtol=1e-9)
        assert line.get_color() == COLOURS["posterior"]
        if is_cut:
            assert (x[0], x[-1]) == pytest.approx((low, high))


def test_a_long_name_of_a_panel_goes_on_in_the_next_line() -> None:
    axis, name = Figure().subplots(), "mean radius of the tumour"
    comparison = shown((name,), mcmc=tree())
    comparison.draws_of = lambda _: DRAWS["a"]
    density_over_draws(comparison, name, axis)
    assert axis.get_title() == "mean radius of the\ntumour"
