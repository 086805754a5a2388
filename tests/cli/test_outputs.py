"""Files that ``bayes-l2 compare`` writes: predictions, the comparison, the figure."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayes_l2
from bayes_l2.cli.main import main

NOISE_SD, PRIOR_SD = 2.0, 0.7
SCALES = ["--prior-sd", str(PRIOR_SD), "--noise-sd", str(NOISE_SD)]
EXACT = [*SCALES, "--routes", "exact"]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["compare", *map(str, words)])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with data.csv and new.csv in it."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.standard_normal((30, 3)), columns=["a", "b", "y"])
    data["kind"] = np.where(data["a"] + rng.standard_normal(30) > 0, "yes", "no")
    data.assign(b=data["b"] * 50 + 9).to_csv(tmp_path / "data.csv", index=False)
    new = pd.DataFrame({"b": [9.0, 60.0, -20.0, 1.0], "a": [0.0, 1.0, -2.0, 0.5]})
    new.to_csv(tmp_path / "new.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


PREDICT = ["--predict", "new.csv", "--output", "predicted.csv"]
Y = ["data.csv", "--target", "y", "--drop", "kind"]


def conjugate_predictive(standardised: bool) -> np.ndarray:
    """Return mean and sd of the new rows by the textbook's formulas."""
    data, new = pd.read_csv("data.csv"), pd.read_csv("new.csv")[["a", "b"]].to_numpy()
    X = data[["a", "b"]].to_numpy()
    if standardised:
        mean, sd = X.mean(axis=0), X.std(axis=0)
        X, new = (X - mean) / sd, (new - mean) / sd
    design = np.column_stack([np.ones(len(X)), X])
    rows = np.column_stack([np.ones(len(new)), new])
    precision = design.T @ design / NOISE_SD**2 + np.diag([0, 1, 1]) / PRIOR_SD**2
    cov = np.linalg.inv(precision)
    mean = cov @ design.T @ data["y"].to_numpy() / NOISE_SD**2
    variance = NOISE_SD**2 + np.sum(rows @ cov * rows, axis=1)
    return np.column_stack([rows @ mean, np.sqrt(variance)])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("options", [[], ["--standardise"]])
def test_predictions_are_those_of_the_conjugate_posterior(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], suffix: str
) -> None:
    path = folder / f"predicted.{suffix}"
    words = [*Y, *EXACT, *options, "--predict", "new.csv", "--output", path]
    status, out, _ = run(capsys, *words)
    assert status in (0, 1)
    assert f"Predictions of 4 rows by the exact posterior: {path.name}" in (
        " ".join(out.split()).replace(f"{folder}/", "")
    )
    read = pd.read_csv if suffix == "csv" else pd.read_parquet
    found = pd.DataFrame(read(path))
    assert list(found.columns) == ["row", "mean", "sd", "2.5%", "97.5%"]
    assert list(found["row"]) == [1, 2, 3, 4]
    expected = conjugate_predictive(bool(options))
    np.testing.assert_allclose(found[["mean", "sd"]], expected, rtol=1e-10, atol=1e-12)
    reach = stats.norm.ppf(0.975) * expected[:, 1]
    np.testing.assert_allclose(found["97.5%"] - found["mean"], reach, rtol=1e-9)
    np.testing.assert_allclose(found["mean"] - found["2.5%"], reach, rtol=1e-9)


def test_predictions_of_classes_are_probabilities(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words = "data.csv --target kind --drop y --likelihood bernoulli --prior-sd 1"
    routes = ["--standardise", "--routes", "penalised,map"]
    _, out, _ = run(capsys, *words.split(), *routes, *PREDICT)
    assert "by the Laplace approximation" in out
    found = pd.read_csv("predicted.csv")
    assert list(found.columns) == ["row", "label", "P(no)", "P(yes)"]
    np.testing.assert_allclose(found["P(no)"] + found["P(yes)"], 1.0, rtol=1e-12)
    likely = np.where(found["P(yes)"] > 0.5, "yes", "no")
    assert list(found["label"]) == list(likely)
    assert set(likely) == {"yes", "no"}
    assert (np.diff(found["P(yes)"][[2, 0, 3, 1]]) > 0).all()  # it rises with a


@pytest.mark.parametrize(("prior", "is_said"), [("laplace:1", True), ("normal", False)])
def test_predictions_by_draws_that_have_not_converged_are_warned_of(
    capsys: pytest.CaptureFixture[str], folder: Path, prior: str, is_said: bool
) -> None:
    spread = ["--prior-sd", "1"] * (prior == "normal")
    routes = ["--routes", "mcmc", "--draws", "20", "--tune", "20", "--standardise"]
    options = ["--prior", prior, *spread, "--noise-sd", "2", *routes, *PREDICT]
    status, out, err = run(capsys, *Y, *options, "--json")
    assert status == 1
    said = "the predictions come from draws that have not converged"
    assert json.loads(out)["warnings"] == [said] * is_said
    assert err == f"bayes-l2: warning: {said}\n" * is_said
    assert len(pd.read_csv("predicted.csv")) == 4


@pytest.mark.parametrize("options", [[], ["--standardise"]])
def test_a_comparison_is_kept_and_the_same_when_loaded(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    """The kept one predicts rows of the file's units, standardised or not."""
    routes = [*SCALES, "--draws", "50", "--tune", "50", *options]
    _, out, err = run(capsys, *Y, *routes, *PREDICT, "--save", "kept.nc")
    assert "standardised" not in err
    assert out.rstrip().endswith("Comparison: kept.nc")
    kept = bayes_l2.load(folder / "kept.nc")
    again = kept.predict(pd.read_csv("new.csv"))
    pd.testing.assert_frame_equal(
        again, pd.read_csv("predicted.csv").drop(columns="row"), rtol=1e-12
    )
    expected = conjugate_predictive(bool(options))
    np.testing.assert_allclose(again[["mean", "sd"]], expected, rtol=1e-10)
    rows = pd.read_csv("new.csv")[["a", "b"]].to_numpy()
    pd.testing.assert_frame_equal(kept.predict(rows), again)
    assert kept.draws.shape == (4, 50, 3)
    assert list(kept.table.index) == ["intercept", "a", "b"]
    assert {"data.csv", "new.csv", "kept.nc", "predicted.csv"} == {
        p.name for p in folder.iterdir()
    }


@pytest.mark.parametrize(
    ("coverage", "names"), [("0.9", ["5%", "95%"]), ("0.999", ["0.05%", "99.95%"])]
)
def test_the_coverage_of_predictions_is_the_reader_s_to_choose(
    capsys: pytest.CaptureFixture[str], folder: Path, coverage: str, names: list[str]
) -> None:
    run(capsys, *Y, *EXACT, *PREDICT, "--coverage", coverage)
    found = pd.read_csv("predicted.csv")
    assert list(found.columns) == ["row", "mean", "sd", *names]
    mean, sd = conjugate_predictive(standardised=False).T
    for name in names:
        z = stats.norm.ppf(float(name.rstrip("%")) / 100)
        np.testing.assert_allclose(found[name], mean + z * sd, rtol=1e-9)


BAD_OUTPUT = {
    **{
        f"a coverage of {text}": (
            [*PREDICT, "--coverage", text],
            f"--coverage must be a number between 0 and 1, such as 0.9; got '{text}'",
        )
        for text in ("95", "0", "1", "nan", "90%", "1e-999", "-0.5")
    },
    "a coverage of nothing": (
        ["--coverage", "0.9"],
        "--coverage is for the intervals of --predict NEW",
    ),
    "no output": (["--predict", "new.csv"], "--predict NEW and --output FILE go toget"),
    "no rows": (["--output", "p.csv"], "--predict NEW and --output FILE go together"),
    "format": (
        ["--predict", "new.csv", "--output", "p.xlsx"],
        "--output must end in one of .csv, .parquet; got 'p.xlsx'",
    ),
    "to standard output": (
        ["--predict", "new.csv", "--output", "-"],
        "--output must end in one of .csv, .parquet; got '-'",
    ),
    "format of a comparison": (["--save", "c.json"], "--save must end in .nc; got"),
    "folder": (["--save", "nowhere/c.nc"], "--save: there is no folder 'nowhere'"),
    "over the data": (
        ["--predict", "new.csv", "--output", "./data.csv"],
        "--output and FILE are the same file, 'data.csv'",
    ),
    "over the new rows": (
        ["--predict", "new.csv", "--output", "new.csv"],
        "--output and --predict are the same file, 'new.csv'",
    ),
    "no such rows": (
        ["--predict", "nowhere.csv", "--output", "p.csv"],
        "cannot read nowhere.csv",
    ),
    "rows without a column": (
        ["--predict", "short.csv", "--output", "p.csv"],
        "short.csv has no column 'b'",
    ),
}


@pytest.mark.parametrize("case", BAD_OUTPUT)
def test_a_bad_output_is_refused_before_the_fits(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    monkeypatch.setattr("bayes_l2.comparison.compare.compare", pytest.fail)
    (folder / "short.csv").write_text("a,y\n1,2\n")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    options, message = BAD_OUTPUT[case]
    status, out, err = run(capsys, *Y, *EXACT, *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_classes_have_no_coverage(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words = "data.csv --target kind --drop y --likelihood bernoulli --coverage 0.9"
    status, out, err = run(capsys, *words.split(), *PREDICT)
    assert (status, out) == (2, "")
    assert err == (
        "bayes-l2: --coverage is for numbers and counts: the prediction of a class is "
        "its probability\n"
    )
    assert not (folder / "predicted.csv").exists()


def test_both_tables_cannot_be_standard_input(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words = ["-", "--target", "y", "--predict", "-", "--output", "p.csv"]
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert "FILE and --predict cannot both be standard input" in err


def test_predict_needs_a_table_that_was_fitted(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    status, out, err = run(capsys, *PREDICT)
    assert (status, out) == (2, "")
    assert err == "bayes-l2: --predict is for a table: give its file first\n"


def test_results_stay_and_no_file_is_left_where_predictions_fail(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    (folder / "predicted.csv").write_text("as before")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    status, out, err = run(capsys, *Y, *EXACT, *PREDICT)
    assert status == 2
    assert "check" in out
    assert "No space left on device" in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_link_stays_and_its_file_is_replaced(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "far").mkdir()
    place = folder / "far" / "place.csv"
    place.write_text("before")
    (folder / "predicted.csv").symlink_to(place)
    run(capsys, *Y, *EXACT, *PREDICT)
    assert (folder / "predicted.csv").is_symlink()
    assert place.read_text().startswith("row,mean,sd,2.5%,97.5%\n")
    assert [each.name for each in place.parent.iterdir()] == ["place.csv"]


def test_what_is_no_file_is_refused(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.nc").mkdir()
    for option, name, kind in (
        ("--output", "pipe.csv", "device"),
        ("--save", "folder.nc", "folder"),
    ):
        words = [*Y, *EXACT, "--predict", "new.csv"] if name.endswith("csv") else EXACT
        status, out, err = run(capsys, *words, option, name)
        assert (status, out) == (2, "")
        assert f"{option} must be a file, got the {kind} '{name}'" in err


def test_a_file_is_replaced_whole(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "predicted.csv").write_text("row\n" + "999\n" * 99)
    run(capsys, *Y, *EXACT, *PREDICT)
    assert len((folder / "predicted.csv").read_text().splitlines()) == 5
    names = {"data.csv", "new.csv", "predicted.csv"}
    assert {path.name for path in folder.iterdir()} == names
