"""The figure of squared and absolute error under noise that need not be Gaussian."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.course.demonstrations.expected_loss import (
    NOISES,
    best_prediction,
    expected_loss,
)
from bayes_l2.drawing import describe, new_figure
from bayes_l2.model import likelihoods
from bayes_l2.texts import joined
from bayes_l2.texts import number_in_words as number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["expected_losses"]
__dir__ = __all__.copy

# Okabe and Ito's colours; wide under narrow, where curves lie on one another
STROKES: tuple[dict[str, Any], ...] = (
    {"color": "#E69F00", "linewidth": 6.0},
    {"color": "#0072B2", "linewidth": 3.0},
    {"color": "#000000", "linewidth": 1.2, "linestyle": "--"},
)


def expected_losses(noises: Mapping[str, Any] | None = None) -> "Figure":
    """Draw densities of noise, and the mean of two losses of a prediction under each.

    Parameters
    ----------
    noises : mapping of str to distribution, optional
        At most three, with the methods of a frozen ``scipy.stats`` one, each of mean 0
        and sd 1; Gaussian, Laplace and exponential noise unless given.

    Returns
    -------
    matplotlib.figure.Figure
        Three panels: the densities, the mean of half the squared error, the mean of the
        absolute error. A dot is the least value of a curve.
    """
    shown = (NOISES if noises is None else noises).items()
    figure = new_figure(9.6, 3.4)
    left, middle, right = figure.subplots(1, 3)
    grid = np.linspace(-3.5, 3.5, 1401)
    predictions = np.linspace(-1.5, 1.5, 121)
    squared, absolute = likelihoods.Normal(sd=1.0), likelihoods.Laplace(scale=1.0)
    curves: dict[str, list[Any]] = {"squared": [], "absolute": []}
    bests: dict[str, list[float]] = {"squared": [], "absolute": []}
    for (name, noise), stroke in zip(shown, STROKES, strict=False):
        left.plot(grid, noise.pdf(grid), label=name, **stroke)
        for axes, loss, error in (
            (middle, squared, "squared"),
            (right, absolute, "absolute"),
        ):
            curves[error].append(expected_loss(loss, noise, predictions))
            axes.plot(predictions, curves[error][-1], **stroke)
            best = best_prediction(loss, noise)
            bests[error].append(best)
            least = expected_loss(loss, noise, [best])
            axes.plot([best], least, "o", color=stroke["color"], markersize=8)
    left.set(title="noise of mean 0 and sd 1", xlabel="noise (sds)", ylabel="density")
    left.legend(fontsize=9)
    middle.set(title="squared error: one curve", ylabel="mean of half the square")
    right.set(title="absolute error: three curves", ylabel="mean of the size")
    for axes in (middle, right):
        axes.set_xlabel("prediction, from the mean (sds)")
    return describe(figure, _in_words([*shown][: len(STROKES)], curves, bests))


def _in_words(
    shown: Sequence[tuple[str, Any]],
    curves: Mapping[str, Sequence[Any]],
    bests: Mapping[str, Sequence[float]],
) -> str:
    apart = {
        error: f"{np.ptp(each, axis=0).max():.1g}" for error, each in curves.items()
    }
    least = {
        # rounding of a best prediction of 0 is no number to hear
        error: joined(number(round(best, 3) + 0.0) for best in each)
        for error, each in bests.items()
    }
    return (
        f"Left, densities of {joined(name for name, _ in shown)} noise of mean 0 and "
        "sd 1. Middle and right, the mean of half the squared and of the absolute "
        "error, over predictions from -1.5 to 1.5 sds about the mean. The curves of "
        f"squared error differ by at most {apart['squared']} and are least at "
        f"{least['squared']}; those of absolute error differ by up to "
        f"{apart['absolute']} and are least at {least['absolute']}."
    )
