"""The scene of the explorer in a report: its numbers, its rights and its limits."""

import json
import re
import runpy
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
import pytest

from bayes_l2 import LinearModel, compare, likelihoods, priors
from bayes_l2.comparison.document.blocks import Document, Paragraph, Section
from bayes_l2.comparison.document.circumstances import Circumstances
from bayes_l2.comparison.document.html import POLICY, policy
from bayes_l2.comparison.document.scene.pair import (
    NOISE_RANGE,
    PRIOR_RANGE,
    obstacle,
    strongest_pair,
)
from bayes_l2.comparison.document.scene.section import scene_section
from tests.comparison.document.page import number, table_of, tree_of, words
from tests.explorer.node import needs_node, run_node

CAPTION = "The two columns alone"
RNG = np.random.default_rng(1)
UNITS = np.array([1.0, 0.2, 5.0, 1.0])
X = pd.DataFrame(RNG.standard_normal((40, 4)) * UNITS, columns=list("abcd"))
# b has the largest coefficient, and c and d have the largest for one sd of a column
Y = X.to_numpy() @ np.array([0.0, 7.0, 0.9, 2.0]) + RNG.standard_normal(40)
X["const"] = 3.0
NORMAL, RIDGE = likelihoods.Normal(1.3), priors.Normal(2)


def written(model: LinearModel, folder: Path) -> Element:
    """Return the page of a report."""
    compare(model, routes=["exact"]).to_html(folder / "out.html")
    text = (folder / "out.html").read_text(encoding="utf-8")
    assert len(text.encode()) <= 1e6
    return tree_of(text)


def scene_of(page: Element) -> str:
    """Return the page of the explorer inside of a report."""
    (frame,) = page.iter("iframe")
    assert frame.attrib["sandbox"] == "allow-scripts"
    assert frame.attrib["title"].endswith("c and d")
    return frame.attrib["srcdoc"]


def data_of(scene: str) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', scene, re.DOTALL)
    assert found
    return json.loads(found[1])


def policy_of(page: Element) -> str:
    meta = page.find(".//meta[@http-equiv='Content-Security-Policy']")
    assert meta is not None
    return meta.attrib["content"]


def opened_at(scene: str) -> tuple[float, float]:
    """Return σ and τ of the scene, in units of y."""
    found = dict(re.findall(r"(\w+)=([^&]+)", data_of(scene)["scene"]))
    unit = np.std(data_of(scene)["own"]["y"])
    return float(found["noise_sd"]) * unit, float(found["prior_sd"]) * unit


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Element:
    model = LinearModel(X, Y, likelihood=NORMAL, prior=RIDGE)
    return written(model, tmp_path_factory.mktemp("report"))


def test_it_has_the_two_strongest_columns_as_they_are(page: Element) -> None:
    own = data_of(scene_of(page))["own"]
    assert own["names"] == ["c", "d"]
    assert own["as_given"]
    np.testing.assert_array_equal(own["X"], X[["c", "d"]])
    np.testing.assert_array_equal(own["y"], Y)
    assert opened_at(scene_of(page)) == pytest.approx((1.3, 2), rel=1e-15)


def test_the_table_beside_it_is_ridge_on_these_columns(page: Element) -> None:
    two = X[["c", "d"]].to_numpy()
    two = two - two.mean(0)
    cov = np.linalg.inv(two.T @ two / 1.3**2 + np.eye(2) / 2**2)
    mean, sd = cov @ two.T @ Y / 1.3**2, np.sqrt(np.diag(cov))
    _, *rows = table_of(page, CAPTION)
    assert [words(row[0]) for row in rows] == ["c", "d"]
    found = np.array([[number(cell) for cell in row[1:]] for row in rows], float)
    np.testing.assert_allclose((found[:, 0] - mean) / sd, 0, atol=1e-12)
    np.testing.assert_allclose(found[:, 1], sd, rtol=1e-12)


@needs_node
def test_the_numbers_of_the_scene_are_those_of_the_table(page: Element) -> None:
    scene = scene_of(page)
    own, (noise_sd, prior_sd) = data_of(scene)["own"], opened_at(scene)
    task = {"X": own["X"], "y": own["y"], "noise_sd": noise_sd, "prior_sd": prior_sd}
    (found,) = run_node([("posterior", task)])
    _, *rows = table_of(page, CAPTION)
    mean, sd = (np.array([number(row[k]) for row in rows], float) for k in (1, 2))
    np.testing.assert_allclose((found["coef"] - mean) / sd, 0, atol=1e-9)
    np.testing.assert_allclose(found["sd"][1:], sd, rtol=1e-9)


def test_only_the_script_of_the_scene_may_run(page: Element) -> None:
    _, script = re.findall(r"<script[^>]*>(.*?)</script>", scene_of(page), re.DOTALL)
    code = b64encode(sha256(script.encode()).digest()).decode()
    assert policy_of(page) == f"{POLICY}; script-src 'sha256-{code}'"


def test_paper_has_a_sentence_in_its_place(page: Element) -> None:
    (instead,) = page.iterfind(".//p[@class='instead']")
    assert words(instead).endswith("has a scene of the explorer here.")
    style = words(next(page.iter("style")))
    screen, paper = style.split("@media print")
    assert ".instead { display: none; }" in screen
    assert "iframe { display: none; } .instead { display: block; }" in paper


@needs_node
def test_the_sliders_reach_what_is_said_and_no_more(
    page: Element, tmp_path: Path
) -> None:
    (tmp_path / "explorer.html").write_text(scene_of(page), encoding="utf-8")
    docs = Path(__file__).parents[3] / "docs"
    complaints = runpy.run_path(str(docs / "check_links.py"))["complaints"]
    read, beyond = [data_of(scene_of(page))["scene"]], []
    for name, ends in (("noise_sd", NOISE_RANGE), ("prior_sd", PRIOR_RANGE)):
        read += [f"view=plane&data=own&{name}={end}" for end in ends]
        low, high = ends[0] * (1 - 1e-9), ends[1] * (1 + 1e-9)
        beyond += [f"view=plane&data=own&{name}={end}" for end in (low, high)]
    assert list(complaints(tmp_path / "explorer.html", read + beyond)) == beyond


def test_unknown_scales_are_taken_at_their_medians(tmp_path: Path) -> None:
    unknown = {
        "likelihood": likelihoods.Normal(priors.HalfNormal(5)),
        "prior": priors.Normal(priors.HalfNormal(5), relative_to_noise=True),
    }
    model = LinearModel(X, Y, **unknown)
    compared = compare(model, routes=["exact"])
    compared.to_html(tmp_path / "out.html")
    page = tree_of((tmp_path / "out.html").read_text(encoding="utf-8"))
    noise_sd, factor = (
        compared.scales[name]["50%"] for name in ("noise_sd", "prior_sd")
    )
    expected = (noise_sd, noise_sd * factor)
    assert opened_at(scene_of(page)) == pytest.approx(expected, rel=1e-12)
    told = "".join(map(words, page.iter("p")))
    assert "does not know the noise sd σ and the prior sd τ" in told


SIGNS = np.tile([1.0, -1.0], 20)  # of mean 0 and sd 1
TWO = pd.DataFrame({"a": X["a"], "const": 3.0, "b": X["b"]})


@pytest.mark.parametrize(
    ("noise_sd", "prior_sd"), [(NOISE_RANGE[0], PRIOR_RANGE[1]), (5.0, 0.01)]
)
def test_two_columns_that_vary_have_a_scene_to_the_ends_of_the_sliders(
    noise_sd: float, prior_sd: float
) -> None:
    terms: dict[str, Any] = {"likelihood": likelihoods.Normal(noise_sd)}
    model = LinearModel(TWO, SIGNS, prior=priors.Normal(prior_sd), **terms)
    comparison = compare(model, routes=["exact"])
    assert obstacle(comparison) == ""
    pair = strongest_pair(comparison)
    assert pair.columns.names == ("a", "b")
    assert (pair.noise_sd, pair.prior_sd) == (noise_sd, prior_sd)


def test_of_columns_of_one_strength_the_first_two_are_shown() -> None:
    signs = np.sign(np.random.default_rng(3).standard_normal((40, 64)))
    signs[:20], signs[20:] = 1.0, -1.0
    model = LinearModel(signs, Y, likelihood=NORMAL, prior=RIDGE)
    exact = SimpleNamespace(coef=np.repeat([1.0, 2.0], 32))
    stand_in: Any = SimpleNamespace(model=model, exact=exact)
    pair = strongest_pair(stand_in)
    assert pair.columns.names == ("x32", "x33")


@pytest.mark.parametrize("names", [["a", "b"], ["a", "const", "b"]])
def test_a_scene_says_where_it_lacks_other_columns(names: list[str]) -> None:
    model = LinearModel(TWO[names], Y, likelihood=NORMAL, prior=RIDGE)
    told, *_ = scene_section(compare(model, routes=["exact"]), Circumstances())
    assert isinstance(told, Paragraph)
    start = "The scene shows a and b, at a noise sd σ of 1.3 and a prior sd τ of 2."
    more = (
        " Their coefficients are the largest for one sd of a column. The scene has no "
        "other column, so these coefficients differ from those above."
    )
    assert told.text == start + more * (len(names) > 2)


MANY = np.random.default_rng(2).standard_normal((2001, 2))
WITHOUT = {
    "a Normal likelihood": (X, np.sign(Y), likelihoods.Bernoulli(), RIDGE, {}),
    "a Normal prior with mean 0": (X, Y, NORMAL, priors.Laplace(1), {}),
    "mean 0 and one sd": (X, Y, NORMAL, priors.Normal([1, 2, 3, 4, 5]), {}),
    "with an intercept": (X, Y, NORMAL, RIDGE, {"intercept": False}),
    "no row weights": (X, Y, NORMAL, RIDGE, {"weights": np.full(40, 2.0)}),
    "3 to 2000 rows": (MANY, MANY[:, 0], NORMAL, RIDGE, {}),
    "two columns that vary": (X[["a", "const"]], Y, NORMAL, RIDGE, {}),
    "0.02 to 5.0 sds of y": (X, 1e4 * Y, NORMAL, RIDGE, {}),
    "its prior sd from 0.01 to 5.0": (X, Y, NORMAL, priors.Normal(1e4), {}),
    "a y and two": (X, np.full(40, 7.0), NORMAL, RIDGE, {}),
}


@pytest.mark.parametrize("reason", WITHOUT)
def test_a_model_that_cannot_be_shown_gets_a_sentence(reason: str) -> None:
    features, y, likelihood, prior, more = WITHOUT[reason]
    model = LinearModel(features, y, likelihood=likelihood, prior=prior, **more)
    assert reason in sentence_of(model)


def test_a_model_without_rows_gets_a_sentence() -> None:
    rows = LinearModel(X, Y, likelihood=NORMAL, prior=RIDGE)
    terms: dict[str, Any] = {"likelihood": NORMAL, "prior": RIDGE}
    model = LinearModel.from_statistics(rows.statistics, **terms)
    assert "needs the rows, which are not in memory" in sentence_of(model)


def sentence_of(model: LinearModel) -> str:
    """Return the sentence in the place of a scene, in a page that may run nothing."""
    blocks = scene_section(compare(model, routes=["exact"]), Circumstances())
    (told,) = blocks
    assert isinstance(told, Paragraph)
    assert policy(Document("", [Section("", blocks)])) == POLICY
    return told.text
