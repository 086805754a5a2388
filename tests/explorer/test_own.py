"""Columns that are pasted: how they are read, and the numbers of the views on them."""

from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors
from tests.explorer.node import needs_node, run_node

pytestmark = needs_node

COMMA = "a,b,y\n1,2,3\n4,5.5,-6\n7,8,1e2\n"
ROWS = {
    "commas": COMMA,
    "tabs": COMMA.replace(",", "\t"),
    "semicolons and decimal commas": COMMA.replace(",", ";").replace(".", ","),
    "spaces": COMMA.replace(",", "  "),
    "tabs and decimal commas": COMMA.replace(",", "\t").replace(".", ","),
    "lines of Windows, a mark of order, blank lines": "\ufeff"
    + COMMA.replace("\n", "\r\n\r\n"),
    "quoted cells": 'a,"b",y\n"1",2,3\n4,"5.5",-6\n7,8,1e2',
    "a long minus": COMMA.replace("-", "\u2212"),
}
BAD = {
    "": "there is no row: paste some columns first",
    "a,b\n": "there must be 3 to 2000 rows of numbers, got 0",
    "1,2\n": "there must be 3 to 2000 rows of numbers, got 1",
    "1\n2\n3\n": "there must be 2 to 4 columns, the response last; got 1",
    "1,2,3,4,5\n" * 3: "there must be 2 to 4 columns, the response last; got 5",
    "a,y\n1,2\n2,three\n4,5\n": "row 3 must hold numbers, got three",
    "\n\na,y\n1,2\n2,\n4,5\n": "row 5 must hold numbers, got an empty cell",
    "1,2\n1,NaN\n3,4\n": "row 2 must hold numbers, got NaN",
    "1,2\n1,Infinity\n3,4\n": "row 2 must hold numbers, got Infinity",
    "1,2\n1,1e999\n3,4\n": "row 2 must hold numbers, got 1e999",
    "1,2\n1,0x10\n3,4\n": "row 2 must hold numbers, got 0x10",
    '"1,5",2\n3,4\n5,6\n': "row 1 must hold numbers, got 1,5",
    "1,2\n3,4,5\n5,6\n": "row 2 has 3 columns, and row 1 has 2",
    "1,x\n3,4\n5,6\n": "row 1 must hold numbers, got x",
    "x;y\n1,5;2\n2.5;3\n4;5\n": "row 3 has 2.5, and rows before it have another decim",
    "x;y\n1.234,5;2\n2;3\n4;5\n": "row 2 must hold numbers, got 1.234,5",
    "x,y\n1,2\n1,3\n1,4\n": "column x must vary, and is 1 in each row",
    "1,2\n1,1e60\n3,4\n": "row 2 must hold numbers up to 1e+50, got 1e+60",
    "1,2\n" * 2001: "there must be 3 to 2000 rows of numbers, got 2001",
    "x,y\n1," + "<b>" * 99 + "\n": "row 2 must hold numbers, got <b><b><b><b><b><b><…",
}


def test_separators_and_decimal_marks_are_found() -> None:
    found = run_node([("pasted", text) for text in ROWS.values()])
    expected = {
        "names": ["a", "b"],
        "target": "y",
        "X": [[1, 2], [4, 5.5], [7, 8]],
        "y": [3, -6, 100],
        "note": "",
    }
    for kind, result in zip(ROWS, found, strict=True):
        assert result == expected, kind


def test_names_are_optional_and_kept_short() -> None:
    texts = [
        "1,2\n3,5\n5,6\n",
        "1,2,3\n3,5,4\n5,6,6\n",
        f"{'x' * 99};y, €\n1;2\n2;3\n3;5",
        '"a;b,c",y\n1,2\n2,3\n3,5',
    ]
    found = run_node([("pasted", text) for text in texts])
    assert [[*each["names"], each["target"]] for each in found] == [
        ["x", "y"],
        ["x1", "x2", "y"],
        ["x" * 39 + "…", "y, €"],
        ["a;b,c", "y"],
    ]


def test_what_cannot_be_read_is_one_line() -> None:
    found = run_node([("pasted", text) for text in BAD])
    for (text, message), result in zip(BAD.items(), found, strict=True):
        assert result["error"].startswith(message), (text[:40], result)
        assert "\n" not in result["error"]
        assert len(result["error"]) < 100


@pytest.fixture(scope="module")
def numbers() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return columns in unlike units, and what the views compute from their text."""
    rng = np.random.default_rng(8)
    n = 60
    table = pd.DataFrame({"year; built": 2000 + 9 * rng.standard_normal(n)})
    table["area"] = 80 + 2 * (table["year; built"] - 2000) + rng.standard_normal(n)
    noise = 2e4 * rng.standard_normal(n)
    table["price"] = 1e5 + 3000 * table["area"] + noise
    text = table.to_csv(index=False, sep=";", decimal=",")
    scene = {"text": text, "rows": 50, "noise_sd": 0.4, "prior_sd": 0.3}
    return pd.read_csv(StringIO(text), sep=";", decimal=","), run_node(
        [("ownNumbers", scene)]
    )[0]


def exact(X: pd.DataFrame, y: Any, noise_sd: float, prior_sd: float) -> Any:
    return fit_exact(
        LinearModel(
            X,
            y,
            likelihood=likelihoods.Normal(noise_sd),
            prior=priors.Normal(prior_sd),
        )
    )


def test_pasted_columns_are_read_with_all_digits(
    numbers: tuple[pd.DataFrame, dict[str, Any]],
) -> None:
    table, found = numbers
    assert [*found["own"]["names"], found["own"]["target"]] == list(table.columns)
    np.testing.assert_array_equal(found["own"]["X"], table.iloc[:, :2])
    np.testing.assert_array_equal(found["own"]["y"], table["price"])
    assert found["again"] == found["own"], "an address brings back the same columns"


def test_the_views_of_pasted_columns_show_the_exact_posterior(
    numbers: tuple[pd.DataFrame, dict[str, Any]],
) -> None:
    table, found = numbers
    X, y = table.iloc[:, :2], table["price"]
    x_sd, y_sd = (
        float(np.std(each)) for each in (X.iloc[:, 0].to_numpy(), y.to_numpy())
    )
    line = exact(X.iloc[:, :1], y, 0.4 * y_sd, 0.3 * y_sd / x_sd)
    some = X.iloc[:50]
    standard = (some - some.mean()) / some.std(ddof=0)
    plane = exact(standard, y[:50], 0.4 * y_sd, 0.3 * y_sd)
    # the plane has no intercept
    for view, fit, first in (("line", line, 0), ("plane", plane, 1)):
        apart = (found[view]["mean"] - fit.mean[first:]) / fit.sd[first:]
        assert np.abs(apart).max() <= 1e-9, view
        assert found[view]["sd"] == pytest.approx(fit.sd[first:], rel=1e-9), view
    apart = (found["path"]["coef"][0] - plane.coef) / plane.sd[1:]
    assert np.abs(apart).max() <= 1e-9
