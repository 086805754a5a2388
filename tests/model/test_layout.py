"""The order of intercepts and coefficients in the parameter vector."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.model.layout import Layout

LAYOUTS = {
    "one line": Layout(("u", "v"), True),
    "no intercept": Layout(("u", "v"), False),
    "classes": Layout(("u", "v"), True, ("a", "b", "c")),
    "flat classes": Layout(("u", "v"), True, ("a", "b", "c"), (True, True)),
    "classes without intercept": Layout(("u", "v"), False, ("a", "b", "c")),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_split_undoes_join(name: str) -> None:
    layout = LAYOUTS[name]
    vector = np.random.default_rng(0).standard_normal(len(layout.names))
    np.testing.assert_allclose(layout.join(*layout.split(vector)), vector, atol=1e-15)
    many = np.random.default_rng(1).standard_normal((4, 3, len(layout.names)))
    intercept, coef = layout.split(many)
    alone = layout.split(many[2, 1])
    np.testing.assert_array_equal(coef[2, 1], alone[1])
    np.testing.assert_array_equal(intercept[2, 1], alone[0])
    assert intercept.shape == (4, 3, layout.lines)
    again = layout.select(*layout.squeezed(intercept, coef))
    np.testing.assert_array_equal(again, many)


@pytest.mark.parametrize("name", LAYOUTS)
def test_axes_are_the_derivative_of_split(name: str) -> None:
    layout = LAYOUTS[name]
    vector = np.random.default_rng(0).standard_normal(len(layout.names))
    intercept, coef = layout.split(vector)
    whole = np.append(intercept if layout.intercept else [], coef)
    np.testing.assert_allclose(vector @ layout.axes, whole, atol=1e-15)


def test_only_flat_coefficients_of_classes_sum_to_zero() -> None:
    """They are those of the last class that stand in no vector."""
    classes = ("a", "b", "c")
    assert Layout(("u", "v"), True, classes).own.all()
    assert Layout(("u", "v"), True, (), (True, True)).own.all()
    mixed = Layout(("u", "v"), False, classes, (False, True))
    np.testing.assert_array_equal(mixed.own, [[1, 1], [1, 1], [1, 0]])
    assert mixed.names[-2:] == ("v[b]", "u[c]")


def test_names() -> None:
    assert LAYOUTS["one line"].names == ("intercept", "u", "v")
    assert LAYOUTS["flat classes"].names == (
        "intercept[a]",
        "intercept[b]",
        "u[a]",
        "v[a]",
        "u[b]",
        "v[b]",
    )
    assert LAYOUTS["classes"].names[2:] == (
        "u[a]",
        "v[a]",
        "u[b]",
        "v[b]",
        "u[c]",
        "v[c]",
    )


def test_parameters_of_classes_with_a_flat_prior_sum_to_zero() -> None:
    raw = np.array([3.0, 1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 5.0], [5.0, 5.0]])
    vector = LAYOUTS["flat classes"].join(*raw)
    np.testing.assert_allclose(vector, [1, -1, -2, -2, 0, 1])
    intercept, coef = LAYOUTS["flat classes"].split(vector)
    np.testing.assert_allclose(intercept, [1, -1, 0])
    np.testing.assert_allclose(coef.sum(axis=0), 0)
    np.testing.assert_allclose(LAYOUTS["classes"].join(*raw)[2:], raw[1].ravel())


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("intercept", [5.0, [5.0]])
def test_one_number_is_the_intercept_of_each_line(name: str, intercept: Any) -> None:
    """Of classes it changes no difference, and counts as 0."""
    layout = LAYOUTS[name]
    of_each = np.full(layout.lines, 5.0)
    coef = np.arange(2.0 * layout.lines).reshape(-1, 2)
    found = layout.join(intercept, coef)
    assert found.shape == (len(layout.names),)
    np.testing.assert_array_equal(found, layout.join(of_each, coef))
    first = found[: layout.n_intercepts]
    np.testing.assert_array_equal(first, 0.0 if layout.classes else 5.0)


def test_parts_of_another_shape_are_refused() -> None:
    layout = LAYOUTS["classes"]
    for intercept in (np.zeros(2), np.zeros((3, 1))):
        with pytest.raises(ValueError, match="intercept must be 3 numbers, got shape"):
            layout.join(intercept, np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"coef must have shape \(3, 2\), got \(2,\)"):
        layout.join(np.zeros(3), np.zeros(2))


def test_a_moved_origin_changes_no_difference_between_predictors() -> None:
    """Differences between predictors give the probabilities, and do not change."""
    layout = LAYOUTS["classes"]
    vector = np.random.default_rng(0).standard_normal(len(layout.names))
    moved, center = vector.copy(), np.array([4.0, -3.0])
    _, coef = layout.split(vector)
    layout.move_origin(moved, -coef @ center)
    intercepts = [layout.split(each)[0] for each in (vector, moved)]
    lines = intercepts[0], intercepts[1] + coef @ center
    np.testing.assert_allclose(
        lines[0] - lines[0].mean(), lines[1] - lines[1].mean(), atol=1e-14
    )


def test_each_vector_has_a_shift_of_its_own() -> None:
    shift = np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]])
    layout = Layout(("u",), True, ("a", "b", "c"), (True,))
    full = np.zeros((2, len(layout.names)))
    layout.move_origin(full, shift)
    np.testing.assert_array_equal(full[:, :2], [[-2.0, -1.0], [-1.0, -1.0]])
    alone = Layout((), True)
    one = np.zeros((2, 1))
    alone.move_origin(one, shift[:, :1])
    np.testing.assert_array_equal(one[:, 0], [1.0, 0.0])
