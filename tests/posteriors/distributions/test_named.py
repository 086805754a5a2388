"""Texts of distributions of named quantities, and the quantities that are asked for."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import MultivariateNormal
from bayes_l2.posteriors.distributions.named import places_of, points_of


def of_names(*names: str) -> MultivariateNormal:
    """Return normals with means of 0, 1, 2, and sds of 1/2."""
    means = np.asarray(range(len(names)), dtype=np.float64)
    return MultivariateNormal(names, means, np.diag(np.full(len(names), 2.0)))


def test_a_text_has_eight_quantities_and_the_number_of_the_others() -> None:
    shown = [f"{name}: {k} ± 0.5" for k, name in enumerate("abcdefgh")]
    whole = f"MultivariateNormal({', '.join(shown)}"
    assert repr(of_names(*"abcdefgh")) == f"{whole})"
    assert repr(of_names(*"abcdefghi")) == f"{whole}, and 1 more)"
    assert repr(of_names("x" * 70)) == f"MultivariateNormal({'x' * 57}...: 0 ± 0.5)"


def test_places_are_in_the_order_that_is_asked_for() -> None:
    among = ("a", "b", "c")
    assert places_of("b", among) == [1]
    assert places_of(("c", "a"), among) == [2, 0]
    assert places_of(["b"], among) == [1]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("ab", "names must be among a, b, c; got ab"),
        (["a", "d", 1], "names must be among a, b, c; got d, 1"),
        (["c", "a", "c", "a"], "names must be different, got a, c twice"),
        (["c", "a", "c"], "names must be different, got c twice"),
    ],
)
def test_names_that_are_not_there_or_there_twice_are_refused(
    names: Any, text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        places_of(names, ("a", "b", "c"))


def test_points_have_an_entry_for_each_quantity() -> None:
    assert points_of([1, 2], 2).tolist() == [1.0, 2.0]
    assert points_of([[1, 2]], 2).shape == (1, 2)
    for points, shape in (([[1], [2]], r"\(2, 1\)"), (3.0, r"\(\)"), ([1, 2], r"\(2")):
        size = 3 if shape == r"\(2" else 2
        text = rf"points must have {size} entries on the last axis, got shape {shape}"
        with pytest.raises(ValueError, match=text):
            points_of(points, size)
