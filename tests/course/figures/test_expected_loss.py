"""The figure of the page on the L2 loss: one curve, and three."""

from typing import Any

import numpy as np

from bayes_l2.course.demonstrations.expected_loss import NOISES
from bayes_l2.course.figures.expected_loss import expected_losses


def test_squared_error_has_one_curve_and_absolute_error_three() -> None:
    densities, squared, absolute = expected_losses().axes
    assert densities.get_legend_handles_labels()[1] == list(NOISES)
    curves: list[Any] = [line.get_ydata() for line in squared.lines[::2]]
    predictions = np.asarray(squared.lines[0].get_xdata())
    assert len(curves) == 3
    for curve in curves:
        np.testing.assert_allclose(curve, (1 + predictions**2) / 2, rtol=1e-5)
    curves = [line.get_ydata() for line in absolute.lines[::2]]
    apart = [np.max(np.abs(curves[i] - curves[i - 1])) for i in range(3)]
    assert min(apart) > 0.08
    for axes, places in ((squared, [0, 0, 0]), (absolute, [0, 0, np.log(2) - 1])):
        found: Any = [line.get_xdata() for line in axes.lines[1::2]]
        np.testing.assert_allclose(np.ravel(found), places, atol=1e-3)
