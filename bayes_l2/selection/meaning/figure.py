"""The figure of a penalty's meaning: predictions of rows, and the explained variance."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2.drawing import COLOURS, new_figure
from bayes_l2.fits.exact import fit_exact
from bayes_l2.selection.meaning.facts import Facts
from bayes_l2.selection.meaning.sentences import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_ROWS = 200  # more points would not be told apart
NORMAL_90 = 1.6448536269514722  # of the quantile 0.95
BINS = 50


def meaning_figure(facts: Facts) -> "Figure":
    """Return predictions of rows before and after the data, and R² beside them."""
    has_rows = facts.model.X is not None
    figure = new_figure(9.5 if has_rows else 4.6, 3.6)
    figure.set_label(alt_text(facts))
    if not has_rows:
        explained_variance(facts, figure.subplots())
        return figure
    axes: Any = figure.subplots(1, 2, width_ratios=[1.35, 1])
    predictions(facts, axes[0])
    explained_variance(facts, axes[1])
    return figure


def predictions(facts: Facts, axis: "Axes") -> None:
    """Draw 90 % bands of the line before and after the data, and y, over the rows.

    The prior band stands about the level of the data, because the prior of the
    intercept is flat.
    """
    model = facts.model
    X, y = model.rows("the picture of predictions")
    few = np.unique(np.linspace(0, len(y) - 1, min(len(y), MAX_ROWS)).astype(int))
    posterior: Any = fit_exact(model)
    order = np.argsort(posterior.predict(X), kind="stable")[few]
    X, y = X[order], y[order]
    mean, sd = posterior.predict(X, return_sd=True, observation_noise=False)
    center, level = np.zeros(X.shape[1]), 0.0
    if model.intercept:
        center, level = model.statistics.mean[:-1], model.statistics.mean[-1]
    before = level + (X - center) @ facts.prior_mean
    prior = model.gaussian_prior
    unit = prior.multiplier(model.likelihood.noise.value, prior.spread.value)
    before_sd = unit * np.linalg.norm(prior.colour(X - center), axis=1)
    places = np.arange(len(y))
    for place, (name, line, width) in {
        "prior": ("before the data", before, before_sd),
        "posterior": ("after the data", mean, sd),
    }.items():
        ends = line - NORMAL_90 * width, line + NORMAL_90 * width
        style: dict[str, Any] = {"color": COLOURS[place], "linewidth": 0}
        alpha = 0.3 if place == "prior" else 0.85
        label = f"prediction {name}, 90 %"
        axis.fill_between(places, *ends, alpha=alpha, label=label, **style)
    axis.plot(places, y, ".", color="0.25", markersize=3, label="y")
    axis.set_xticks([])
    some = f"{len(few)} of {model.n_rows}" if len(few) < model.n_rows else "all"
    axis.set_xlabel(f"{some} rows, in the order of their predictions")
    axis.set_ylabel("y")
    axis.set_title(
        "Predictions spread over "
        f"{facts.prior_prediction_in_y_sds:.2g} sds of y before the data",
        fontsize=11,
    )
    axis.legend(fontsize=8, loc="upper left")


def explained_variance(facts: Facts, axis: "Axes") -> None:
    """Draw the densities of R² before and after the data."""
    both = {"prior": facts.prior_r2, "posterior": facts.posterior_r2}
    names = {"prior": "before", "posterior": "after"}
    for place, r2 in both.items():
        label = f"{names[place]} the data: median {percent(r2.median)}"
        style: dict[str, Any] = {"color": COLOURS[place], "alpha": 0.55}
        bins = np.linspace(*r2.draws[[0, -1]], BINS + 1)
        axis.hist(r2.draws, bins=list(bins), density=True, label=label, **style)
    axis.set_xlim(0, 1)
    axis.set_yticks([])
    axis.set_xlabel("share of the variance that the columns explain, R²")
    axis.set_title("R² before and after the data", fontsize=11)
    top = axis.get_ylim()[1]
    axis.set_ylim(0, 1.25 * top)
    axis.legend(fontsize=8, loc="upper left")


def alt_text(facts: Facts) -> str:
    """Return the figure in words."""
    before, after = facts.prior_r2, facts.posterior_r2
    shares = (
        f"before the data the columns explain {percent(before.median)} of the "
        f"variance, between {percent(before.low)} and {percent(before.high)}; after "
        f"them {percent(after.median)}, between {percent(after.low)} and "
        f"{percent(after.high)}."
    )
    if facts.model.X is None:
        return f"Two histograms of R²: {shares} The rows are gone, and not drawn."
    widths = facts.prior_prediction_sd / facts.posterior_prediction_sd
    return (
        "Left, rows in the order of their predictions: the band of predictions before "
        f"the data is about {widths:.2g} times as wide as the one after them, and its "
        f"sd is {facts.prior_prediction_in_y_sds:.2g} times that of y. Right, two "
        f"histograms of R²: {shares}"
    )
