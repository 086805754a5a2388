"""Every figure has a description with its numbers, and other data change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from scipy import stats

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    compare,
    likelihoods,
    penalty_meaning,
    penalty_path,
    priors,
)
from bayes_l2.conventions import figure as conventions
from bayes_l2.course.demonstrations.equivalences.equivalence import (
    Curve,
    Equivalence,
    Picture,
)
from bayes_l2.course.demonstrations.gradient_descent import Descent
from bayes_l2.course.demonstrations.samplers import Path as Walk
from bayes_l2.course.figures import (
    conjugacy,
    demonstrations,
    equivalences,
    expected_loss,
    posteriors,
)
from bayes_l2.drawing import describe, description, new_figure
from bayes_l2.posteriors.distributions.multivariate import MultivariateNormal

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
GRID = np.array([0.0, 1.0, 2.0])
X = np.random.default_rng(0).standard_normal((30, 3))


def model(k: float) -> LinearModel:
    return LinearModel(
        X,
        k * X[:, 0] + np.cos(np.arange(30.0)),
        likelihood=likelihoods.Normal(1.0),
        prior=priors.Normal(2.0),
    )


def plane(k: float, sd: float) -> MultivariateNormal:
    return MultivariateNormal(("a", "b"), np.array([k, -k]), np.eye(2) / sd)


def equivalence(k: float) -> Equivalence:
    curve = Curve(GRID, k * GRID)
    picture = Picture("x", "y", {"line": curve}, alt=f"A line from 0 to {2 * k:g}.")
    return Equivalence("claim", 0.0, 1.0, "unit", "reason", "source", picture)


def walk(k: float) -> Walk:
    """Return a path that turns back at its second step."""
    positions = np.array([[0.0, 0.0], [k, 0.0], [2 * k, 0.0], [k, 0.0]])
    return Walk(positions, np.array([[1.0, 0], [1, 0], [-1, 0], [-1, 0]]), np.zeros(4))


# by figure: it, and words of its description for k = 2
Draw = Callable[[float], Any]
FIGURES: dict[str, tuple[Draw, list[str]]] = {
    "prior_likelihood_posterior": (
        lambda k: conjugacy.prior_likelihood_posterior(
            plane(0.0, 4.0), plane(k, 2.0), plane(k / 2, 1.0)
        ),
        ["prior (0, 0)", "(2, -2)", "(1, -1)", "0.0625 times", "0.25 times"],
    ),
    "sequence": (
        lambda k: conjugacy.sequence(
            [GaussianPosterior.of(model(each)) for each in (1.0, k)], ["5", "9"], "x0"
        ),
        ["2 densities", "x0", "5: 1.12 and 0.163; 9: 2.11", "1 times the first"],
    ),
    "shrinkage_path": (
        lambda k: conjugacy.shrinkage_path(
            [0.1, 1.0, 5000.0],
            [[k, 1], [1, 1], [0, 0]],
            np.zeros((3, 2)) + k,
            ["a", "b"],
        ),
        ["0.1 to 5000", "at most 2", "of a", "from 2 to 2"],
    ),
    "prediction_band": (
        lambda k: conjugacy.prediction_band(
            [[0.5], [1.5]],
            [0.5 * k, 19.0],
            GRID,
            k * GRID,
            GRID + 1,
            GRID + 2,
            "u",
            "v",
        ),
        ["2 points of v over u", "4 at 2", "1.96 to 5.88", "1 of 2 points"],
    ),
    "losses": (
        lambda k: demonstrations.losses(
            {
                "square": likelihoods.Normal(1.0),
                "size": likelihoods.Laplace(1.0),
            },
            low=-k,
            high=2 * k,
        ),
        ["from -2 to 4", "square 2 and 8 and size 2 and 4", "jumps for size."],
    ),
    "descents": (
        lambda k: demonstrations.descents(
            {"a": Descent(np.zeros((3, 1)), np.array([k + 1, 2.0, 1.0]))}, {"a": 1.0}
        ),
        ["2 steps", "a from 2 to rounding"],
    ),
    "norms": (
        lambda k: demonstrations.norms([0.1, 1, 10], {"a": [1, 1, k]}),
        ["0.1 to 10", "a: from 1 to 2, in the last step by 100.0 %"],
    ),
    "functions": (
        lambda k: demonstrations.functions(GRID, {"wide": [k * GRID]}, label="z"),
        ["z from 0 to 2", "wide: 1 function from 0 to 4"],
    ),
    "ways_between": (
        lambda k: demonstrations.ways_between(GRID / 2, [0.0, 9 * k, 1], [0.0, k, 1]),
        ["18 nats at 0.5", "2 nats at 0.5"],
    ),
    "errors_over_decay": (
        lambda k: demonstrations.errors_over_decay(
            [0.1, 1.0, 10.0], [0.3, 0.6, 1.2], [k, 1.5, 1.7], 1.4
        ),
        ["0.1 to 10", "2 first", "least at 1 with 1.5", "0.3 to 1.2", "Ridge has 1.4"],
    ),
    "trajectories": (
        lambda k: posteriors.trajectories(plane(0.0, 1.0), [walk(k)]),
        ["centre (0, 0)", "from (0, 0)", "Turns: after 2 steps at (4, 0)"],
    ),
    "traces": (
        lambda k: posteriors.traces(
            {"good: as it should": [[0.0, k], [k, 7.0]]}, mean=1.0, sd=1.0, name="bmi"
        ),
        ["2 chains of 2", "-0.96 to 2.96", "good: mean 2.75, 75 % in"],
    ),
    "errors_in_mcse": (
        lambda k: posteriors.errors_in_mcse([[k, -k], [0.0, 0.0]]),
        ["4 errors", "is 0.00", "square 1.41", "50.0 %", "largest is 2.00"],
    ),
    "choices": (
        lambda k: posteriors.choices(
            stats.lognorm(0.5, scale=10.0), {"evidence": 6 * k, "dealt": [1.0, 99.0]}
        ),
        ["3.75 and 26.6", "evidence 12", "dealt: 2 values from 1 to 99"],
    ),
    "prediction_gains": (
        lambda k: posteriors.prediction_gains(
            [[1, 1, 1, k], [1, 1, 1, -k]], better="a", worse="b"
        ),
        [
            "a above that of b",
            "2 orders",
            "1 nats after 1 rows",
            "3 at the end",
            "1 and 5",
        ],
    ),
    "tails": (
        lambda k: posteriors.tails(
            {"t": stats.norm(0, k), "normal": stats.norm()}, name="bmi"
        ),
        ["bmi", "t, -3.92 to 3.92 and -6.18 to 6.18", "normal, -1.96 to 1.96"],
    ),
    "summaries": (
        lambda k: posteriors.summaries(
            stats.norm(5 * k, 2), {"mean": 10.0}, modes={"mode": 6.5}, label="noise sd"
        ),
        ["noise sd", "highest at 10", "mean 10.0 and mode 6.5"],
    ),
    "expected_losses": (
        lambda k: expected_loss.expected_losses(
            {"Gaussian": stats.norm(), "gamma": stats.gamma(k, -(k**0.5), k**-0.5)}
        ),
        ["Gaussian and gamma", "at 0 and 0;", "at 0 and -0.227."],
    ),
    "small_figure": (
        lambda k: equivalences.small_figure(equivalence(k)),
        ["from 0 to 4."],
    ),
    "gallery": (
        lambda k: equivalences.gallery({"a": equivalence(k), "b": equivalence(1.0)}),
        ["a: A line from 0 to 4.", "b: A line from 0 to 2."],
    ),
    "priors_of_one_number": (
        lambda k: conventions.priors_of_one_number(
            2 * k, noise_sd=10.0, n=100, batch_size=20, y_sd=25.0
        ),
        ["setting 4 stands", "least is 0.5, for elastic-net", "Most conventions, "],
    ),
    "penalty_path": (
        lambda k: penalty_path(model(k), [0.1, 1.0, 1e4]).plot(),
        [
            "0.1 to 10000",
            "evidence 1,",
            "error 0.1",
            "falls from 3.0 to 0.0 of 3",
            "of x0",
            "from 2",
        ],
    ),
    "penalty_meaning": (lambda k: penalty_meaning(model(k)).plot(), ["R²"]),
    "comparison": (
        lambda k: compare(model(k), routes=["exact"]).plot(),
        ["95 % interval leaves out 0 for x0 from 1.79 to 2.43"],
    ),
}


@pytest.mark.parametrize(("draw", "words"), FIGURES.values(), ids=FIGURES)
def test_a_description_has_the_numbers_and_changes_with_the_data(
    draw: Draw, words: list[str]
) -> None:
    text = description(draw(2.0))
    assert [each for each in words if each not in text] == [], text
    assert len(text) <= 420  # four short sentences
    assert text.endswith(".")
    assert text.isprintable()
    assert description(draw(3.0)) != text


def test_no_figure_is_left_out() -> None:
    modules = conjugacy, demonstrations, posteriors, expected_loss, equivalences
    drawn = {name for module in (*modules, conventions) for name in module.__all__}
    assert drawn - set(FIGURES) == {"table"}


def test_names_are_printable_in_a_description() -> None:
    assert description(describe(new_figure(1, 1), "a\x07  of\n$x$")) == r"a\x07 of $x$"


def test_a_notebook_gets_the_description_and_makes_the_picture_itself() -> None:
    figure = describe(new_figure(1, 1), "A line from 0 to 2.")
    metadata = {"image/png": {"alt": "A line from 0 to 2."}}
    assert figure._repr_mimebundle_(include=None, exclude=None) == ({}, metadata)
    assert new_figure(1, 1)._repr_mimebundle_() == ({}, {})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])
def test_stored_figures_have_descriptions(path: Path) -> None:
    figures = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert figures
    for figure in figures:
        text = figure.metadata.get("image/png", {}).get("alt", "")
        assert any(map(str.isdigit, text)), figure.data["text/plain"]
