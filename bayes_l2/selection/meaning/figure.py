"""The figure of a penalty's meaning: predictions of rows, and explained variance."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.arrays import FloatArray, norms
from bayes_l2.drawing import COLOURS, describe, new_figure
from bayes_l2.fits.exact import fit_exact
from bayes_l2.selection.meaning.facts import Facts
from bayes_l2.selection.meaning.sentences import percent, within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_ROWS = 60  # more bars would not be told apart
NORMAL_90 = 1.6448536269514722  # of the quantile 0.95
BINS = 40
NARROWEST = 0.004  # of a bin, to be seen


def meaning_figure(facts: Facts) -> "Figure":
    """Return predictions of rows before and after the data, and R² beside them."""
    has_rows = facts.model.X is not None
    figure = describe(new_figure(9.5 if has_rows else 4.8, 3.6), alt_text(facts))
    if not has_rows:
        explained_variance(facts, figure.subplots())
        return figure
    axes: Any = figure.subplots(1, 2, width_ratios=[1.35, 1])
    predictions(facts, axes[0])
    explained_variance(facts, axes[1])
    return figure


def predictions(facts: Facts, axis: "Axes") -> None:
    """Draw 90 % intervals of the line before and after the data, and y, by row.

    The prior intervals stand about the mean of the data, because the prior of the
    intercept is flat.
    """
    model = facts.model
    X, y = model.rows("the picture of predictions")
    few = np.unique(np.linspace(0, len(y) - 1, min(len(y), MAX_ROWS)).astype(int))
    posterior: Any = fit_exact(model)
    order = np.argsort(posterior.predict(X), kind="stable")[few]
    X, y = X[order], y[order]
    center, level = np.zeros(X.shape[1]), 0.0
    if model.intercept:
        center, level = model.statistics.mean[:-1], model.statistics.mean[-1]
    prior = model.gaussian_prior
    unit = prior.multiplier(model.likelihood.noise.value, prior.spread.value)
    before_sd = unit * norms(prior.colour(X - center), axis=1)
    before = level + (X - center) @ facts.prior_mean, before_sd
    after = posterior.predict(X, return_sd=True, observation_noise=False)
    places = np.arange(len(y))
    thick = min(6.0, 300 / len(y))
    for name, words, (line, sd), width in (
        ("prior", "before the data", before, thick),
        ("posterior", "after the data", after, 0.7 * thick),
    ):
        ends = line - NORMAL_90 * sd, line + NORMAL_90 * sd
        style: dict[str, Any] = {"color": COLOURS[name], "linewidth": width}
        style["alpha"] = 0.35 if name == "prior" else 0.9
        axis.vlines(places, *ends, label=f"prediction {words}, 90 %", **style)
    axis.plot(places, y, "o", color="black", markersize=2.5, label="y")
    axis.set_xticks([])
    some = f"{len(few)} of {model.n_rows}" if len(few) < model.n_rows else "all"
    axis.set_xlabel(f"{some} rows, in the order of their predictions")
    axis.set_ylabel("y")
    ratio = facts.prior_prediction_in_y_sds
    axis.set_title(f"Prior sd of a prediction: {ratio:.2g} sds of y", fontsize=11)
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.28 * (high - low))  # room for the legend
    axis.legend(fontsize=9, loc="upper left")


def explained_variance(facts: Facts, axis: "Axes") -> None:
    """Draw the densities of R² before and after the data, each as high as the other."""
    both = {"prior": facts.prior_r2, "posterior": facts.posterior_r2}
    words = {"prior": "before the data", "posterior": "after the data"}
    for name, r2 in both.items():
        counts, ends = np.histogram(r2.draws, _bins(*r2.draws[[0, -1]]))
        style: dict[str, Any] = {"color": COLOURS[name], "alpha": 0.55, "fill": True}
        label = f"{words[name]}: median {percent(r2.median)}"
        axis.stairs(counts / counts.max(), ends, label=label, **style)
    axis.set_xlim(-0.02, 1.02)
    axis.set_ylim(0, 1.4)  # room for the legend
    axis.set_yticks([])
    axis.set_xlabel("R², the share of variance explained")
    axis.set_title("R² before and after the data", fontsize=11)
    axis.legend(fontsize=9, loc="upper left")


def _bins(low: float, high: float) -> FloatArray:
    """Return the ends of bins between two shares, none too narrow to be seen."""
    more = max(0.0, NARROWEST - (high - low)) / 2
    low = min(max(0.0, low - more), 1 - NARROWEST)
    high = max(high, low + NARROWEST)
    return np.linspace(low, high, 1 + min(BINS, round((high - low) / NARROWEST)))


def alt_text(facts: Facts) -> str:
    """Return the figure in words."""
    before, after = facts.prior_r2, facts.posterior_r2
    shares = f"before the data it {within(before)}; after them it {within(after)}."
    if facts.model.X is None:
        return (
            f"Two histograms of R²: {shares} Predictions are left out: their picture "
            "needs the rows of X and y."
        )
    return (
        "Left, rows in the order of their predictions, each with an interval before "
        "and after the data: in a typical row the sd of the prediction is "
        f"{facts.prior_prediction_sd:.3g} before and "
        f"{facts.posterior_prediction_sd:.3g} after, and the sd of y is "
        f"{facts.y_sd:.3g}. Right, two histograms of R²: {shares}"
    )
