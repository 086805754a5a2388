"""Every equivalence holds, for several seeds, and refuses sizes out of its bounds."""

import inspect
from dataclasses import replace

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from bayes_l2.course.demonstrations.equivalences import CASES
from bayes_l2.course.demonstrations.equivalences.cases import find
from bayes_l2.course.demonstrations.equivalences.equivalence import Curve, gap
from bayes_l2.course.figures.equivalences import gallery, small_figure, table
from bayes_l2.drawing import description


@pytest.mark.parametrize("name", CASES)
def test_the_difference_is_one_that_theory_allows(name: str) -> None:
    case = CASES[name](seed=0)
    assert case.holds, case
    assert 0 <= case.false_alarm < 1e-6
    for text in (case.claim, case.unit, case.reason, case.source, case.picture.alt):
        assert text
        assert not text[0].isspace()
    figure = small_figure(case)
    assert description(figure) == " ".join(case.picture.alt.split())
    (axes,) = figure.axes
    assert len(axes.get_lines()) == len(case.picture.curves)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("name", CASES)
def test_it_holds_for_other_seeds(name: str, seed: int) -> None:
    assert CASES[name](seed=seed).holds


@pytest.mark.parametrize("name", CASES)
def test_a_size_out_of_its_bounds_is_refused_by_name(name: str) -> None:
    sizes = [
        each for each in inspect.signature(CASES[name]).parameters if each != "seed"
    ]
    for size in sizes:
        for bad in (0, -1, 2.5, True, 10**12, "3", float("nan")):
            with pytest.raises(ValueError, match=rf"^{size} must be"):
                CASES[name](**{size: bad})
    for bad in (-1, 0.5, "0"):
        with pytest.raises(ValueError, match=r"^seed must be"):
            CASES[name](seed=bad)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'dula'; did you mean dual"):
        find("dula")
    with pytest.raises(ValueError, match='did you mean "early stopping" or "early'):
        find("early")
    with pytest.raises(ValueError, match=r'did you mean "Kalman filter"\?'):
        find("kalman")
    with pytest.raises(ValueError, match="unknown equivalence ''; `bayes-l2"):
        find("")


def test_a_gallery_has_a_panel_for_each() -> None:
    case = CASES["dual"]()
    figure = gallery({"a": case, "b": case, "c": case})
    assert len(figure.axes) == 3
    assert description(figure).count(case.picture.alt) == 3


def test_printed_a_case_says_the_claim_and_both_differences() -> None:
    kind = CASES["dual"](seed=0)
    case = replace(kind, claim="a is b", found=1e-14, allowed=2e-12, unit="nats")
    assert str(case) == "a is b:\n  found 1.0e-14, allowed 2.0e-12 nats"
    almost = replace(case, found=0.1, at_least=0.09, allowed=0.11)
    assert str(almost) == "a is b:\n  found 0.100, allowed 0.0900 to 0.110 nats"
    narrow = replace(case, found=0.5, at_least=0.5 - 1e-9, allowed=0.5 + 1e-9)
    assert str(narrow) == "a is b:\n  found 0.500, allowed 0.500 ± 1e-09 nats"


def test_a_table_has_a_row_for_each() -> None:
    case = replace(
        CASES["dual"](seed=0), found=1.26e-14, at_least=0.5, allowed=2, unit="nats"
    )
    found = table({"first": case, "second": case})
    assert list(found.index) == ["first", "second"]
    assert list(found.columns) == ["claim", "found", "allowed", "unit"]
    assert list(found.loc["second"]) == [
        case.claim,
        "1.3e\u201114",
        "0.500 to 2.00",
        "nats",
    ]


def test_a_curve_of_no_known_style_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^style must be one of .*'points', .*'wavy'$"
    ):
        Curve([0], [1], "wavy")


@pytest.mark.parametrize("intercept", [True, False])
def test_a_gap_is_in_posterior_sds_of_the_coefficients(intercept: bool) -> None:
    X = np.array([[1.0, 0.0], [0.0, 5.0], [-1.0, -5.0]])
    model = LinearModel(
        X,
        [1.0, 2.0, -3.0],
        likelihood=likelihoods.Normal(2.0),
        prior=priors.Normal(3.0),
        intercept=intercept,
    )
    cov = np.linalg.inv(X.T @ X / 4 + np.eye(2) / 9)
    mean = cov @ X.T @ np.array([1.0, 2.0, -3.0]) / 4
    off = np.array([0.1, -3.0])
    expected = np.max(np.abs(off) / np.sqrt(np.diag(cov)))
    assert gap(mean + off, fit_exact(model)) == pytest.approx(expected)
