"""The figure of a path of penalties: its curves, its names and its words."""

from functools import cache
from typing import Any, cast

import numpy as np
import pytest

from bayes_l2 import LinearModel, likelihoods, penalty_path, priors
from bayes_l2.drawing import description
from bayes_l2.selection.figure import _in_words, penalty_path_figure


@pytest.mark.parametrize(("p", "named"), [(3, True), (30, False)])
def test_a_penalty_path_names_its_coefficients_where_they_start(
    p: int, named: bool
) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((50, p)), rng.standard_normal(50)
    model = LinearModel(
        X, y, likelihood=likelihoods.Normal(sd=1), prior=priors.Normal(sd=1)
    )
    path = penalty_path(model, [0.1, 1e4])
    bottom = path.plot().axes[1]
    texts = {text.get_text(): cast(Any, text) for text in bottom.texts}
    assert set(texts) == (set(model.feature_names) if named else set())
    for name, text in texts.items():
        start = path.coef[0, model.feature_names.index(name)]
        assert text.xy == (pytest.approx(0.1), start)  # the end of its thin line
        x, height = text.xyann
        assert x < 0.1
        assert abs(height - start) < np.ptp(path.coef) / 8


PENALTIES = np.geomspace(0.1, 1e4, 11)
COEF = np.array([[2.0, -4.0, 1.0]]) / (1 + PENALTIES[:, None])
COEF[1] = [5.0, -1.0, 0.0]  # the first penalty is judged, and not the second
FREEDOM = 3 / (1 + PENALTIES / 1e4)
LOSSES = {
    "evidence": 100 + 9 * (np.arange(11) - 2.0) ** 2,
    "gcv": 7 + (np.arange(11) - 10.0) ** 2,
    "loo": np.full(11, 3.0),  # the same everywhere, so at its best
}


@cache
def of_eleven() -> Any:
    return drawn()


def drawn(**changes: Any) -> Any:
    """Return the figure of numbers by hand."""
    numbers: dict[str, Any] = {
        "penalties": PENALTIES,
        "losses": LOSSES,
        "degrees_of_freedom": FREEDOM,
        "coef": COEF,
        "names": ["a", "b", "c"],
    }
    return penalty_path_figure(**numbers | changes)


def test_criteria_are_roots_from_their_best_to_their_worst() -> None:
    top = of_eleven().axes[0]
    curves = [line for line in top.lines if len(line.get_xdata()) == 11]
    for line, best, worst in zip(curves[:2], (2, 10), (8, 10), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), PENALTIES)
        heights = np.abs(np.arange(11) - best) / worst
        np.testing.assert_allclose(line.get_ydata(), heights, atol=1e-15)
    np.testing.assert_array_equal(curves[2].get_ydata(), np.zeros(11))
    dots = [line for line in top.lines if line.get_marker() == "o"]
    assert [dot.get_xydata().tolist() for dot in dots] == [
        [[PENALTIES[2], 0]],
        [[PENALTIES[10], 0]],
        [[PENALTIES[0], 0]],
    ]
    assert dots[0].get_markersize() > dots[1].get_markersize() + 2 > 8
    labels = [text.get_text() for text in top.get_legend().get_texts()]
    assert labels == [
        "− log evidence: α = 1",
        "GCV: α = 1e+04",
        "leave-one-out error: α = 0.1",
    ]
    assert top.get_xscale() == "log"
    low, high = top.get_ylim()
    assert -0.1 < low < 0  # a dot at 0 is seen
    assert high == 1
    assert "criterion" in top.get_ylabel()


def test_the_best_penalties_are_marked_in_both_halves() -> None:
    for axis in of_eleven().axes:
        verticals = [
            line.get_xdata()[0]
            for line in axis.lines
            if len(line.get_xdata()) == 2 and np.ptp(line.get_xdata()) == 0
        ]
        assert verticals == [PENALTIES[2], PENALTIES[10], PENALTIES[0]]


def test_effective_numbers_stand_above_seven_penalties() -> None:
    losses = {"gcv": LOSSES["gcv"][:3]}
    few: dict[str, Any] = {"penalties": PENALTIES[:3], "coef": COEF[:3]}
    three = drawn(losses=losses, degrees_of_freedom=FREEDOM[:3], **few)
    for figure, places in (
        (of_eleven(), [0, 1, 3, 5, 6, 8, 10]),
        (three, [0, 1, 2]),
    ):
        (above,) = figure.axes[0].child_axes
        np.testing.assert_array_equal(above.get_xticks(), PENALTIES[places])
        texts = [label.get_text() for label in above.get_xticklabels()]
        assert texts == [f"{FREEDOM[place]:.1f}" for place in places]
        assert len(above.xaxis.get_minorticklocs()) == 0
        assert above.get_xlabel() == "effective number of coefficients"


def test_coefficients_have_room_for_their_names() -> None:
    top, bottom = of_eleven().axes
    for column in range(3):
        np.testing.assert_array_equal(
            bottom.lines[column].get_xydata(),
            np.column_stack([PENALTIES, COEF[:, column]]),
        )
    # five decades: half a decade at the left, 0.15 at the right
    logs = np.log10(bottom.get_xlim())
    np.testing.assert_allclose(logs, [-1 - 0.5, 4 + 0.15])
    assert top.get_xlim() == bottom.get_xlim()
    assert bottom.get_xlabel() == "penalty α"
    assert bottom.get_ylabel() == "coefficients"
    zero = bottom.lines[3]
    assert list(zero.get_ydata()) == [0, 0]


@pytest.mark.parametrize(("p", "named"), [(20, 20), (21, 0)])
def test_twenty_names_are_the_most(p: int, named: int) -> None:
    penalties = np.geomspace(1, 2, 11)
    coef = np.tile(np.arange(p), (11, 1)) / penalties[:, None]
    names = [f"n{j}" for j in range(p)]
    bottom = drawn(penalties=penalties, coef=coef, names=names).axes[1]
    assert len(bottom.texts) == named
    if named:  # room of a tenth of a decade at least
        logs = np.log10(bottom.get_xlim())
        np.testing.assert_allclose(logs, [-0.1, np.log10(2) + 0.03])


def test_the_figure_in_words_has_its_ends_and_its_best_penalties() -> None:
    figure = of_eleven()
    assert description(figure) == (
        "Over penalties from 0.1 to 10000 on a logarithmic axis: above, 3 criteria, "
        "below, the coefficients. The best penalty is, by log evidence 1, GCV "
        "10000 and leave-one-out error 0.1. The effective number of coefficients falls "
        "from 3.0 to 1.5 of 3. The coefficient of b starts furthest from 0 and goes "
        "from -3.64 to -0.0004."
    )
    width, height = figure.get_size_inches()
    assert 7 < width < 8  # a page
    assert 6 < height < 7


def test_a_long_name_has_forty_characters_in_the_words() -> None:
    text = _in_words(PENALTIES, LOSSES, FREEDOM, COEF, ["a", "b" * 45, "c"])
    assert len(text.split("coefficient of ")[1].split(" starts")[0]) == 40
