"""Names in figures are drawn as they are."""

from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, compare, likelihoods, penalty_path, priors
from bayes_l2.course.figures import conjugacy, panel, posteriors
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal

NAMES = ["$$", "$x$", "cost $", r"\frac{", "a_b^2", r"\$", "$a$$", "x\x07"]
DRAWN = [*NAMES[:-1], r"x\x07"]
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.standard_normal((30, len(NAMES))), columns=NAMES)
MODEL = LinearModel(
    X,
    RNG.standard_normal(30),
    likelihood=likelihoods.Normal(1.0),
    prior=priors.Normal(1.0),
)
PLANE = MultivariateNormal(("$$", "$x$"), np.zeros(2), np.eye(2))


def path_figure() -> Any:
    coef = RNG.standard_normal((3, len(NAMES)))
    return conjugacy.shrinkage_path([1.0, 2.0, 4.0], coef, coef, NAMES)


FIGURES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "comparison": (lambda: compare(MODEL, routes=["exact"]).plot(), DRAWN),
    "path": (lambda: penalty_path(MODEL).plot(), DRAWN),
    "shrinkage": (path_figure, DRAWN),
    "plane": (
        lambda: panel.coefficient_plane(4, 4, PLANE)[0],
        ["coefficient of $$", "coefficient of $x$"],
    ),
    "choices": (
        lambda: posteriors.choices(
            PLANE_MARGINAL, {name: 2.0 for name in NAMES if "$" in name}
        ),
        [name for name in DRAWN if "$" in name],
    ),
    "summaries": (
        lambda: posteriors.summaries(
            PLANE_MARGINAL, {"$m$": 1.0}, modes={"$$": 1.5}, label="of $x$"
        ),
        ["of $x$", "$m$: 1.0", "$$: 1.5"],
    ),
}


class PLANE_MARGINAL:
    """A density with the methods that a figure needs."""

    @staticmethod
    def ppf(probability: Any) -> Any:
        return np.exp(4 * np.asarray(probability) - 2)

    @staticmethod
    def pdf(values: Any) -> Any:
        return np.exp(-np.asarray(values))


@pytest.mark.parametrize(("draw", "names"), FIGURES.values(), ids=FIGURES)
def test_names_are_drawn_as_they_are(draw: Callable[[], Any], names: list[str]) -> None:
    figure = draw()
    drawn = StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(drawn, format="svg")
    texts = {
        "".join(each.itertext())
        for each in ElementTree.fromstring(drawn.getvalue()).iter()
        if each.tag.endswith("}text")
    }
    assert set(names) <= texts


def test_a_figure_is_drawn_again_as_pixels() -> None:
    figure = FIGURES["plane"][0]()
    figure.savefig(BytesIO(), format="svg")
    figure.savefig(BytesIO(), format="png", dpi=20)
    labels = [figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()]
    assert labels == FIGURES["plane"][1]


def test_powers_of_ten_stay_formulas() -> None:
    figure = penalty_path(MODEL).plot()
    figure.canvas.draw()
    labels = figure.axes[1].get_xticklabels()
    assert any(each.get_text().startswith(r"$\mathdefault{10^") for each in labels)
    assert all(each.get_parse_math() for each in labels)
