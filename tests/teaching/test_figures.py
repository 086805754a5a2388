"""Figures of the course hold what they are given."""

import numpy as np

from bayes_l2 import likelihoods
from bayes_l2.teaching import figures
from bayes_l2.teaching.counterexamples import Disagreement
from bayes_l2.teaching.gradient_descent import Descent


def test_losses_have_a_gap_where_there_is_no_slope() -> None:
    above, below = figures.losses({"squared": likelihoods.Normal(1.0), "absolute": likelihoods.Laplace(1.0)}).axes
    squared, absolute = (np.asarray(line.get_ydata()) for line in above.get_lines())
    np.testing.assert_allclose(squared, np.linspace(-3, 3, 1201) ** 2 / 2)
    assert absolute.min() == 0
    smooth, broken = (np.asarray(line.get_ydata()) for line in below.get_lines())
    assert np.isfinite(smooth).all()
    assert np.isnan(broken).sum() >= 1
    assert above.get_legend_handles_labels()[1] == ["squared", "absolute"]


def test_descents_and_norms_and_disagreements() -> None:
    descent = Descent(np.zeros((3, 1)), np.array([4.0, 2.0, 1.0]))
    (axis,) = figures.descents({"a": descent}, {"a": 1.0}).axes
    np.testing.assert_allclose(np.asarray(axis.get_lines()[0].get_ydata()), [3, 1, 1e-11])
    (axis,) = figures.norms([1, 10], {"a": [1, 2], "b": [2, 3]}).axes
    assert len(axis.get_lines()) == 2
    case = Disagreement("", -2.0, -2.1, "", "")
    (axis,) = figures.disagreements({"a": case, "b": case}).axes
    np.testing.assert_allclose(np.asarray(axis.get_lines()[1].get_ydata()), [2, 2])
    assert [text.get_text() for text in axis.texts] == ["a", "b"]
