"""The report that ``bayes-l2 compare --report`` writes."""

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_l2.cli.main import main
from tests.comparison.document.page import number, table_of, tree_of, words


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *options])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.standard_normal((30, 3)), columns=["a", "b", "y"])
    data["same"] = data["a"]
    data.to_csv("my data.csv", index=False)
    data.to_parquet("data.parquet")


FILE = ["my data.csv", "--target", "y"]
QUICK = ["--routes", "penalised,map,exact"]


def test_the_report_has_the_numbers_of_the_json_and_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = [*FILE, *QUICK, "--meaning", "--json", "--report", "out.html"]
    status, out, err = run(capsys, *options)
    assert status == 0
    told = json.loads(out)
    page = tree_of(Path("out.html").read_text(encoding="utf-8"))
    _, *rows = table_of(page, "Estimates")
    for row, (name, values) in zip(rows, told["parameters"].items(), strict=True):
        assert words(row[0]) == name
        assert [number(cell) for cell in row[1:]] == list(values.values())
    assert told["warnings"]
    assert told["warnings"][0] in err
    text = words(page)
    sentences = [*told["warnings"], *told["notes"], *told["meaning"]["sentences"]]
    for line in (told["data"], *sentences, "Penalty chosen by evidence"):
        assert line in text
    (code,) = page.iter("code")
    assert words(code) == shlex.join(["bayes-l2", "compare", *options])
    _, before, after = table_of(page, "Numbers of the figure: The penalty")
    for row, name in ((before, "prior_r2"), (after, "posterior_r2")):
        assert [number(cell) for cell in row[1:]] == list(
            told["meaning"][name].values()
        )
    facts = {
        words(pair[0]): number(pair[1]) for pair in page.iter("div") if len(pair) == 2
    }
    for name, key in (("noise sd σ", "noise_sd"), ("penalty α", "penalty")):
        assert facts[name] == told["model"][key]


def test_streamed_rows_have_a_report_in_markdown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(
        capsys, "data.parquet", "--target", "y", "--stream", "--drop", "same",
        "--report", "out.md", "--noise-sd", "1", "--prior-sd", "1",
        "--routes", "map,exact",
    )  # fmt: skip
    assert status == 0
    assert out.endswith("Report: out.md\n")
    text = Path("out.md").read_text(encoding="utf-8")
    assert "data.parquet" in text
    assert "2 of 2 checks passed" in text or "3 of 3 checks passed" in text
    assert text.count("\n### ") == 1


BAD = {
    "ending": (["--report", "out.pdf"], "--report must end in one of .html, .md"),
    "folder": (["--report", "no/out.html"], "--report: there is no folder 'no'"),
    "data": (["--report", "data.md", "--plot", "data.md"], "--plot must end in"),
    "twice": (
        ["--report", "a.html", "--report", "no/a.html"],
        "--report: there is no folder 'no'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_report_is_refused_before_the_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr("bayes_l2.comparison.compare.compare", pytest.fail)
    before = sorted(Path().iterdir())
    options, message = BAD[case]
    status, out, err = run(capsys, *FILE, *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(Path().iterdir()) == before
