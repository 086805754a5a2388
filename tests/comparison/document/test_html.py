"""The report as a page: its numbers, names, figures, and what it asks for."""

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayes_l2 import Comparison, LinearModel, compare, likelihoods, priors
from bayes_l2.comparison.approximate import APPROXIMATE_CHECKS
from bayes_l2.comparison.document import write as writing
from bayes_l2.comparison.document.circumstances import Circumstances
from bayes_l2.comparison.document.html import element
from bayes_l2.comparison.exact import EXACT_CHECKS
from bayes_l2.drawing import description
from tests.comparison.document.page import number, table_of, tree_of, words

NAMES = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "a\"b'c": "a\"b'c",
    "]]><b>": "]]><b>",
    "\u202egnp.exe": r"\u202egnp.exe",
    "$x$ & &lt;": "$x$ & &lt;",
    "שלום": "שלום",
}
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.standard_normal((40, len(NAMES))), columns=list(NAMES))
Y = 2 * X.iloc[:, 0].to_numpy() + RNG.standard_normal(40)
MODEL = LinearModel(
    X, Y, likelihood=likelihoods.Normal(1.3), prior=priors.Normal(priors.HalfNormal(2))
)
DRAWS = {
    "coef": RNG.standard_normal((2, 50, len(NAMES))),
    "intercept": RNG.standard_normal((2, 50)),
    "prior_sd": RNG.chisquare(5, (2, 50)),
}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(MODEL, routes=["penalised", "map"], mcmc=DRAWS)


@pytest.fixture(scope="module")
def text(compared: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "out.html"
    compared.to_html(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return tree_of(text)


def require_rounded(cell: Element, value: float | None) -> None:
    """Require that a cell has a number, and shows it to the last digit shown."""
    assert number(cell) == value
    shown = re.search(r"-?\d+(?:\.(\d+))?(?:e([-+]\d+))?", words(cell))
    if value is None:
        return
    assert shown is not None
    unit = 10.0 ** (int(shown[2] or 0) - len(shown[1] or ""))
    assert abs(float(shown[0]) - value) <= 0.501 * unit


def test_every_number_is_that_of_the_json(compared: Comparison, page: Element) -> None:
    told = compared.to_dict()
    _, *rows = table_of(page, "Estimates")
    assert len(rows) == len(told["parameters"])
    for row, (name, values) in zip(rows, told["parameters"].items(), strict=True):
        assert words(row[0]) == NAMES.get(name, name)
        for cell, value in zip(row[1:], values.values(), strict=True):
            require_rounded(cell, value)
    _, *rows = table_of(page, "Exact quantiles")
    for row, quantiles in zip(rows, told["scales"].values(), strict=True):
        for cell, value in zip(row[1:], quantiles.values(), strict=True):
            require_rounded(cell, value)
    asked = [each for each in told["checks"] if each["reason"] != "not asked for"]
    verdicts = {True: "pass", False: "FAIL", None: "n/a"}
    _, *rows = table_of(page, "Checks")
    for row, check in zip(rows, asked, strict=True):
        assert words(row[0]) == verdicts[check["passed"]]
        assert words(row[1]).startswith(check["claim"])
        assert number(row[2]) == check["statistic"]
        require_rounded(row[3], check["tolerance"])
    facts = {
        words(pair[0]): number(pair[1]) for pair in page.iter("div") if len(pair) == 2
    }
    assert facts["log evidence"] == told["log_evidence"]
    assert facts["noise sd σ"] == told["model"]["noise_sd"] == 1.3


def test_figures_have_their_numbers_as_tables(
    compared: Comparison, page: Element
) -> None:
    caption = "Estimates of the coefficients, and intervals by the exact posterior"
    heads, *rows = table_of(page, f"Numbers of the figure: {caption}")
    levels = [float(words(head).rstrip("%")) / 100 for head in heads[1:5]]
    assert levels == [0.025, 0.25, 0.75, 0.975]
    for name, row in zip(NAMES, rows, strict=True):
        found = np.array([number(cell) for cell in row[1:5]], float)
        exact: Any = compared.exact
        np.testing.assert_allclose(found, exact.marginal(name).ppf(levels))
        assert number(row[-1]) == compared.table["mcmc"][name]
    _, *rows = table_of(page, "Numbers of the figure: Draws")
    medians = np.median(DRAWS["coef"].reshape(-1, len(NAMES)), axis=0)
    found = [number(row[2]) for row in rows[: len(NAMES)]]
    np.testing.assert_allclose(np.array(found, float), medians)


def test_names_are_text_and_never_markup(page: Element, text: str) -> None:
    kinds = {each.tag for each in page.iter()}
    assert not kinds & {"script", "b", "i", "img"}
    (scene,) = page.iter("iframe")
    assert "<script>alert" not in scene.attrib["srcdoc"]
    assert scene.attrib["title"].count("<script>alert(1)</script>") == 1
    assert "\u202e" not in text
    drawn = {words(each) for each in page.iter("text")}
    assert set(NAMES.values()) <= drawn
    heads = {words(each) for each in page.iter("th")}
    assert set(NAMES.values()) <= heads


def test_the_page_asks_for_no_other_file(page: Element, text: str) -> None:
    policy = page.find(".//meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert policy.attrib["content"].startswith("default-src 'none'")
    for each in page.iter():
        for key, value in each.attrib.items():
            if key == "srcdoc":  # tests/explorer/ holds that it asks for nothing
                continue
            assert key not in ("src", "srcset", "onload", "onclick", "action")
            if key.endswith("href"):
                assert value.startswith("#") or value == "data:,"
            assert "http" not in value
    assert set(re.findall(r"url\((.)", text)) == {"#"}
    assert "@import" not in text


def test_figures_are_pictures_with_title_and_description(
    compared: Comparison, page: Element
) -> None:
    ids = [each.attrib["id"] for each in page.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
    used = re.findall(r"url\(#([^)]+)\)", " ".join(_values(page)))
    used += [value[1:] for value in _values(page) if value.startswith("#f")]
    assert set(used) <= set(ids)
    drawings = list(page.iter("svg"))
    assert len(drawings) == 2
    said = []
    for drawing in drawings:
        assert drawing.attrib["role"] == "img"
        (around,) = (each for each in page.iter("div") if drawing in list(each))
        assert around.attrib["class"] == "drawing"
        labels = drawing.attrib["aria-labelledby"].split()
        parts = [page.find(f".//*[@id='{label}']") for label in labels]
        assert [part.tag for part in parts if part is not None] == ["title", "desc"]
        said.append(words(drawing[1]))
    assert description(compared.plot()) == f"Above: {said[0]} Below: {said[1]}"
    first, low, high = "<script>alert(1)</script>", *_ends(compared)
    assert f"leaves out 0 for {first} from {low:.3g} to {high:.3g}" in said[0]


def _values(page: Element) -> list[str]:
    """Return the values of attributes, but for a page inside of the page."""
    return [
        value
        for each in page.iter()
        for key, value in each.attrib.items()
        if key != "srcdoc"
    ]


def _ends(compared: Comparison) -> Any:
    exact: Any = compared.exact
    return exact.marginal(next(iter(NAMES))).ppf([0.025, 0.975])


def test_the_same_comparison_gives_the_same_bytes(
    compared: Comparison, text: str, tmp_path: Path
) -> None:
    compared.to_html(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == text


def test_failures_have_a_section_on_what_to_try(page: Element, text: str) -> None:
    headings = [words(each) for each in page.iter("h2")]
    assert headings[:6] == [
        "Outcome",
        "Data",
        "Model",
        "Assumptions and choices",
        "Results",
        "Checks",
    ]
    assert headings[6:] == [
        "To try next",
        "Figures",
        "To explore",
        "To reproduce this",
    ]
    assert "Make longer chains: 1000 draws each" in text
    assert "mcmc=draws" in text


def test_the_plan_of_the_draws_is_told(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: Any = compared.mcmc
    drawn = xr.DataTree.from_dict({"posterior": given["posterior"].to_dataset()})
    path = "bayes_l2.comparison.compare.fit_mcmc"
    monkeypatch.setattr(path, lambda model, **plan: drawn)
    plan: dict[str, Any] = {"seed": 7, "draws": 50, "tune": 10, "chains": 2}
    compare(MODEL, routes=["mcmc"], **plan).to_markdown(tmp_path / "out.md")
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "seed=7, draws=50, tune=10, chains=2, engine='nutpie')" in text
    assert "- Seed of the sampler: 7.\n- Draws: 2 chains of 50 each." in text


def test_a_report_of_many_long_names_is_below_one_megabyte(tmp_path: Path) -> None:
    names = [f"{'name ' * 1000}{j}" for j in range(300)]
    rows = pd.DataFrame(RNG.standard_normal((30, 300)), columns=names)
    model = LinearModel(
        rows, Y[:30], likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0)
    )
    compare(model, routes=["exact"]).to_html(tmp_path / "long.html")
    text = (tmp_path / "long.html").read_text(encoding="utf-8")
    assert len(text.encode()) <= 0.8e6  # twelve panels of draws need 0.15e6 more
    assert "Left out: 101 of 301 parameters" in text
    _, *rows = table_of(tree_of(text), "Estimates")
    assert len({words(row[0]) for row in rows}) == len(rows) == 200


def test_an_element_escapes_text_and_attributes_and_leaves_markup() -> None:
    inner = element("em", "\u202e<&>")
    assert inner == r"<em>\u202e&lt;&amp;&gt;</em>"
    outer = element("p", inner, "\x07", aria_label="\"'\u202e")
    assert outer == rf'<p aria-label="&quot;&#x27;\u202e">{inner}\x07</p>'


def test_every_claim_says_its_meaning() -> None:
    for claim in (*EXACT_CHECKS, *APPROXIMATE_CHECKS):
        assert claim.meaning.endswith(".")


BAD = {
    "no folder": ("missing/out.html", "No such file or directory"),
    "a folder": ("there.html", "it is a folder, and must be a file"),
    "another ending": ("out.htm", "path must end in .html; got 'out.htm'"),
    "Markdown": ("out.md", "path must end in .html; got 'out.md'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_path_is_refused_in_one_line(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.html").mkdir()
    monkeypatch.setitem(writing.WRITERS, ".html", pytest.fail)
    name, message = BAD[case]
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        compared.to_html(name)
    assert "\n" not in str(caught.value)
    assert [path.name for path in Path().iterdir()] == ["there.html"]
    with pytest.raises(ValueError, match=r"^--report must end in one of .html, .md;"):
        writing.write(compared, Path("out.pdf"), Circumstances(), name="--report")


def test_an_old_report_stays_where_a_new_one_fails(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> str:
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.html"
    path.write_text("as before")
    monkeypatch.setitem(writing.WRITERS, ".html", full)
    with pytest.raises(ValueError, match="No space left on device"):
        compared.to_html(path)
    assert path.read_text() == "as before"
    assert list(tmp_path.iterdir()) == [path]
