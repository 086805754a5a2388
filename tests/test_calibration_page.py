"""The page on calibration: its tables, and what its run would see."""

import re
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_l2.course.demonstrations.calibration import SETTINGS, uniformity
from tests.scripts import ROOT, script

SCRIPT = script("calibration")
PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
N_TESTS = 46
LEVEL = SCRIPT.LEVEL / N_TESTS
RNG = np.random.default_rng(0)
N = np.round(np.geomspace(3, 100, 1000))


def shown(title: str) -> list[list[str]]:
    """Return the cells of a table of the page."""
    text = PAGE.split(f"### {title}\n")[1].split("###")[0]
    rows = re.findall(r"^\| (.*) \|$", text, flags=re.MULTILINE)
    return [row.split(" | ") for row in rows]


def results() -> dict[str, dict[str, Any]]:
    """Return uniform values as a run returns them."""
    names = [*SETTINGS, "NUTS by nutpie", SCRIPT.APPROXIMATE]
    return {name: {"20 rows": RNG.uniform(size=50)} for name in names}


def test_every_quantity_of_the_page_is_tested_in_enough_simulations() -> None:
    header, *rows = shown("Uniformity")
    enough = dict.fromkeys(SETTINGS, 5000) | dict.fromkeys(SCRIPT.CLOSED, 100_000)
    enough |= {"NUTS by nutpie": 500, "NUTS by pymc": 100}
    assert {row[0] for row in rows} == set(enough)
    assert len(rows) == N_TESTS
    for row in rows:
        assert int(row[2].replace(",", "")) >= enough[row[0]]
        is_uniform = float(row[header.index("p value")]) >= LEVEL
        assert row[-1] == ("uniform" if is_uniform else "NOT uniform")
        assert is_uniform or row[0] not in SETTINGS, row


def test_the_approximation_is_measured_and_not_tested() -> None:
    tested = {row[0] for row in SCRIPT.rows(results())}
    assert SCRIPT.APPROXIMATE not in tested
    assert {"NUTS by nutpie", *SETTINGS} < tested
    u = np.array([0.01, 0.04, 0.5, 0.9])
    [row] = [*SCRIPT.errors({SCRIPT.APPROXIMATE: {"20 rows": u}})][1:]
    assert row[:2] == ["20 rows", "4"]
    assert row[-1].startswith("50.0 % ± 25.0 %")


@pytest.mark.slow
def test_errors_of_1_and_5_per_cent_are_seen_with_a_probability_of_95_per_cent() -> (
    None
):
    rows = [*SCRIPT.powers(N_TESTS)]
    assert {row[2] for row in rows[1:5]} == {"1 %", "5 %"}
    assert all(float(row[-1]) >= 0.95 for row in rows[1:])


@pytest.mark.parametrize(
    ("setting", "ratio", "df"),
    [
        pytest.param("known scales", 1.01, np.inf, marks=pytest.mark.slow),
        ("unknown noise", 1.05, np.inf),
        pytest.param("conjugate noise", 1.01, N + 3, marks=pytest.mark.slow),
        pytest.param("flat log noise", 1.01, N - 1, marks=pytest.mark.slow),
    ],
)
def test_a_wrong_sd_is_flagged(setting: str, ratio: float, df: Any) -> None:
    """Each of 10 runs sees it with 96 %, so fewer than 4 do with 2e-8."""
    count = SCRIPT.CLOSED.get(setting, SCRIPT.MIXTURES)
    seen = 0
    for _ in range(10):
        which: Any = df if np.isscalar(df) else RNG.choice(df, count)
        t = RNG.standard_normal(count)
        if not np.isscalar(df):
            t /= np.sqrt(RNG.chisquare(which) / which)
        u = stats.t.cdf(ratio * t, which)
        seen += uniformity(u).p_value < LEVEL
    assert seen >= 4


def test_a_page_keeps_all_but_the_text_between_its_marks(tmp_path: Any) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- measured -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    SCRIPT.put(page, SCRIPT.titled("T", ["x", "y"], [["1", "2"]]))
    expected = "a\n<!-- measured -->\n\n### T\n\n| x | y |\n|---|---|\n| 1 | 2 |\n"
    assert page.read_text(encoding="utf-8") == f"{expected}\n<!-- end -->\nb\n"
