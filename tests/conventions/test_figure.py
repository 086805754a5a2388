"""The figure of one number marks the prior sd of each convention."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_l2.conventions import figure as plots
from bayes_l2.drawing import description


@cache
def of_four() -> Any:
    return plots.priors_of_one_number(
        4.0, noise_sd=10.0, n=100, batch_size=20, y_sd=25.0
    )


def test_one_number_is_many_priors() -> None:
    (axis,) = of_four().axes
    sds: Any = axis.lines[0].get_xdata()
    labels = [
        label.get_text().replace("\n", " ").split(", ")
        for label in axis.get_yticklabels()
    ]
    points = {name: sd for names, sd in zip(labels, sds, strict=True) for name in names}
    for name, sd in (
        ("ridge", 5.0),
        ("elastic-net", 0.5),
        ("pymc", 4.0),
        ("glmnet", 2.5),
        ("torch-sgd", 0.5**0.5),
    ):
        assert points[name] == pytest.approx(sd, rel=1e-8)
    assert list(sds) == sorted(sds)
    assert not {"torch-adamw", "logistic-regression"} & set(points)


def test_every_point_has_room_for_its_names() -> None:
    (axis,) = of_four().axes
    sds, places = axis.lines[0].get_data()
    sizes = np.array([t.get_text().count("\n") + 1 for t in axis.get_yticklabels()])
    assert list(sizes) == [4, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1]
    np.testing.assert_array_equal(axis.get_yticks(), places)
    lines = [line for t in axis.get_yticklabels() for line in t.get_text().split("\n")]
    assert max(map(len, lines)) <= 62
    # a gap of 0.6 of a line between two blocks, and half of it at either end
    np.testing.assert_allclose(np.diff(places), (sizes[1:] + sizes[:-1]) / 2 + 0.6)
    assert axis.get_ylim() == pytest.approx((0, places[-1] + 0.8))
    assert places[0] == pytest.approx(2.3)
    assert 0.18 < (of_four().get_figheight() - 1) / axis.get_ylim()[1] < 0.21
    assert of_four().get_figwidth() < 10
    assert axis.get_xscale() == "log"
    low, high = axis.get_xlim()
    assert low < sds[0]
    assert high > 2.5 * sds[-1]  # room for its number
    assert low > 0.4 * sds[0]
    assert high < 4 * sds[-1]


def test_lines_and_numbers_are_those_of_the_points() -> None:
    (axis,) = of_four().axes
    points = axis.lines[0].get_xydata()
    assert axis.lines[0].get_linestyle() == "None"
    lines = np.array(axis.collections[0].get_segments())
    np.testing.assert_allclose(lines[:, 1], points)
    np.testing.assert_allclose(lines[:, 0, 0], axis.get_xlim()[0])
    assert [text.get_text() for text in axis.texts] == [
        *("0.5", "0.707", "2", "2.24", "2.5", "3.16", "4", "4.97", "5", "28.3", "40")
    ]
    for text, point in zip(axis.texts, points, strict=True):
        assert text.xy == tuple(point)
        assert text.xyann == (9, 0)  # points to the right
        assert text.anncoords == "offset points"
    assert not axis.spines["top"].get_visible()
    assert "the setting 4 stands" in axis.get_title()
    assert axis.get_xlabel().endswith("in y per sd of its column")


def test_the_figure_in_words_has_its_ends_and_the_most_names() -> None:
    text = description(of_four())
    assert "in 40 conventions: 11 points on a logarithmic axis" in text
    assert "least is 0.5, for elastic-net, sgd-regressor and 11 more; the" in text
    assert (
        "largest is 40, for prior-sd-relative. Most conventions, 13, have 0.5" in text
    )


def test_names_are_not_broken_at_their_hyphens() -> None:
    figure = plots.priors_of_one_number(1.0, noise_sd=1.0, n=2, batch_size=1, y_sd=1.0)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    lines = [line for label in labels for line in label.split("\n")]
    assert not any(line.endswith("-") for line in lines)
    assert max(map(len, lines)) <= 62
