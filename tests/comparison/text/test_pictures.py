"""The figures of a comparison in numbers and in words, on normal posteriors."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.comparison.text.pictures import (
    draws_in_words,
    draws_name,
    draws_numbers,
    forest_in_words,
    forest_numbers,
    interval_source,
    names_of_routes,
    panel_names,
)
from tests.comparison.drawn import (
    DRAWS,
    EXACT,
    MEANS,
    NAMES,
    SDS,
    Posterior,
    shown,
    tree,
)

ALL = {"penalised": [3.0, -4.0, 1.0], "map": [3.0, -3.0, 0.5], "mcmc": [3.5, -4.0, 0.5]}


def test_a_forest_has_the_ends_of_intervals_in_order_then_the_points() -> None:
    found = forest_numbers(shown(reference=EXACT, routes=ALL, mcmc=tree()))
    levels = ["2.5%", "25%", "75%", "97.5%"]
    assert list(found.columns) == [*levels, "ridge", "MAP", "MCMC mean"]
    assert (found.index.name, list(found.index)) == ("coefficient", list(NAMES))
    for level in levels:
        q = stats.norm(MEANS, SDS).ppf(float(level[:-1]) / 100)
        np.testing.assert_allclose(found[level], q, rtol=1e-12)
    np.testing.assert_array_equal(found["MAP"], ALL["map"])


def test_without_a_reference_the_intervals_are_those_of_the_draws() -> None:
    found = forest_numbers(shown(mcmc=tree()))
    assert list(found.columns) == ["2.5%", "25%", "75%", "97.5%"]
    expected = [np.quantile(DRAWS[name], [0.025, 0.25, 0.75, 0.975]) for name in NAMES]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("mcmc", "name"),
    [
        (tree(), "NUTS draws"),
        (tree(given=True), "the draws given"),
        (tree(sampled=False), "the draws given"),
        (None, "the draws given"),
    ],
)
def test_draws_are_of_nuts_where_it_ran_here(mcmc: Any, name: str) -> None:
    assert draws_name(shown(mcmc=mcmc)) == name
    assert interval_source(shown(mcmc=mcmc)) == (name if mcmc is not None else "")
    assert interval_source(shown(mcmc=mcmc, reference=EXACT)) == "exact posterior"


def test_a_figure_names_the_routes_that_are_there_and_a_dozen_panels() -> None:
    assert names_of_routes(shown()) == {}
    routes = {"mcmc": ALL["mcmc"], "penalised": ALL["penalised"]}
    expected = {"penalised": "ridge", "mcmc": "MCMC mean"}
    assert names_of_routes(shown(routes=routes)) == expected
    many = tuple(f"x{j}" for j in range(20))
    names = panel_names(shown(many, scale_names=("noise_sd", "prior_sd")))
    assert names == (*many[:10], "noise_sd", "prior_sd")


INTERVALS = "Intervals of 50 % and 95 % by the exact posterior, for "
WORDS = {
    "points on intervals": (
        shown(reference=EXACT, routes=ALL),
        # b from -4 - 1.96 · 2; the MAP of b is 1 off, half a sd, and ridge of c 0.5 sd
        f"{INTERVALS}3 coefficients, a row each, with the points of ridge, MAP and "
        "MCMC mean on them. The 95 % interval leaves out 0 for a from 1.04 to 4.96, b "
        "from -7.92 to -0.0801. It holds 0 for 1 of 3. The point furthest from the "
        "middle of its interval is off by 0.5 posterior sds: MCMC mean at a.",
    ),
    "no interval leaves out 0": (
        shown(reference=("Laplace approximation", Posterior([0.0, 0.5, -0.5]))),
        "Intervals of 50 % and 95 % by the Laplace approximation, for 3 coefficients, "
        "a row each. It holds 0 for all of 3.",
    ),
    "each interval leaves out 0, one of them at its end": (
        shown(("a",), reference=("exact posterior", Posterior([0.5], [0.1]))),
        f"{INTERVALS}1 coefficient, a row each. The 95 % interval leaves out 0 for a "
        "from 0.304 to 0.696.",
    ),
    "an interval without a width": (
        shown(
            reference=("exact posterior", Posterior([1.0, 2.0, 3.0], [0.0, 1.0, 1.0])),
            routes={"map": [1.0, 2.0, 3.0]},
        ),
        f"{INTERVALS}3 coefficients, a row each, with the points of MAP on them. The "
        "95 % interval leaves out 0 for a from 1 to 1, b from 0.04 to 3.96, c from "
        "1.04 to 4.96.",
    ),
    "points alone": (
        shown(routes={"map": [1.0, -2.0, 0.5], "mcmc": [0.0, 0.0, 9.0]}),
        "Without intervals, the points of MAP and MCMC mean for 3 coefficients, a row "
        "each. The largest is -2, at b.",
    ),
    "nothing": (
        shown(),
        "Without intervals, no points for 3 coefficients, a row each.",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_a_forest_in_words(case: str) -> None:
    comparison, words = WORDS[case]
    assert forest_in_words(comparison) == words


def test_a_long_forest_says_that_it_has_the_first_forty() -> None:
    for n, said in ((40, "for 40 coefficients,"), (41, "the first 40 of 41 coeff")):
        names = tuple(f"x{j}" for j in range(n))
        assert said in forest_in_words(shown(names, routes={"map": np.zeros(n)}))


def test_the_end_of_an_interval_at_zero_holds_zero() -> None:
    class Ends(Posterior):
        def interval(self, probability: float) -> np.ndarray:
            return np.array([[1.0, 2.0], [0.0, 2.0], [-2.0, 0.0], [0.5, 0.75]])

    words = forest_in_words(shown(reference=("exact posterior", Ends())))
    assert "leaves out 0 for c from 0.5 to 0.75. It holds 0 for 2 of 3." in words


def test_draws_and_their_density_in_numbers() -> None:
    comparison = shown(reference=EXACT, mcmc=tree(), scale_names=("prior_sd",))
    found = draws_numbers(comparison)
    levels = ["2.5%", "50%", "97.5%"]
    kinds = ["draws", "exact"]
    assert list(found.columns) == [
        f"{kind} {each}" for kind in kinds for each in levels
    ]
    names = [*NAMES, "prior_sd"]
    assert (found.index.name, list(found.index)) == ("parameter", names)
    for name in names:
        drawn = np.quantile(DRAWS[name], [0.025, 0.5, 0.975])
        exact = EXACT[1].marginal(name).ppf([0.025, 0.5, 0.975])
        np.testing.assert_allclose(found.loc[name], [*drawn, *exact], rtol=1e-12)
    assert list(draws_numbers(shown(mcmc=tree())).columns) == [
        f"draws {each}" for each in levels
    ]


def test_draws_in_words_have_the_largest_difference_of_medians() -> None:
    sds = [0.5, 0.25, 2.0]
    reference = "exact posterior", Posterior(MEANS, sds)
    size = "4 chains of 25, one histogram for each of 3 parameters."
    assert draws_in_words(shown(mcmc=tree(given=True))) == (
        f"Histograms of the draws given, {size}"
    )
    off = [
        abs(np.median(DRAWS[name]) - mean) / sd
        for name, mean, sd in zip(NAMES, MEANS, sds, strict=True)
    ]
    place = int(np.argmax(off))
    assert draws_in_words(shown(mcmc=tree(), reference=reference)) == (
        f"Histograms of NUTS draws, {size} A line over each is the density of the "
        f"exact posterior. The medians of both differ most for {NAMES[place]}: by "
        f"{off[place]:.2g} posterior sds."
    )
    assert sorted(f"{each:.2g}" for each in off) != [f"{off[place]:.2g}"] * 3
