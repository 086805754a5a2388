"""`bayes-l2 explore`: the page, its path, the columns of a table in it."""

import json
import re
import webbrowser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pytest

from tests.cli.test_compare import run

SIGMA = 0.3


def data_of(path: str | Path) -> dict[str, object]:
    """Return what the page holds of the user's columns, and its scene."""
    page = Path(path).read_text(encoding="utf-8")
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    return {**data["own"], "scene": data["scene"]}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.standard_normal((40, 4)), columns=["a", "b", "c", "d"])
    frame["y"] = 2 * frame["d"] - frame["b"] + SIGMA * rng.standard_normal(40)
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the addresses that the browser gets."""
    seen: list[str] = []

    def opened(url: str) -> bool:
        seen.append(url)
        return False  # no browser is found

    monkeypatch.setattr(webbrowser, "open", opened)
    return seen


def test_in_a_terminal_the_page_is_opened_and_its_path_printed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    browser: list[str],
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    status, out, err = run(capsys, "explore")
    assert (status, err) == (0, "")
    (address,) = browser
    assert urlsplit(address).scheme == "file"
    assert unquote(urlsplit(address).path) == out.strip()
    assert Path(out.strip()).read_text(encoding="utf-8").startswith("<!doctype html>")
    run(capsys, "explore", "--no-browser")
    assert len(browser) == 1


def test_elsewhere_the_path_is_printed_alone(
    capsys: pytest.CaptureFixture[str], browser: list[str]
) -> None:
    status, out, err = run(capsys, "explore")
    assert (status, err, browser) == (0, "", [])
    assert Path(out.strip()).name == "explorer.html"


def test_the_columns_of_a_table_are_in_the_page(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    table: Path,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    words = ["explore", str(table), "--target", "y", "--features", "b,a"]
    status, out, err = run(capsys, *words)
    assert (status, err) == (0, "")
    found = data_of(out.strip())
    frame = pd.read_csv(table)
    assert (found["names"], found["target"]) == (["b", "a"], "y")
    np.testing.assert_array_equal(found["X"], frame[["b", "a"]])
    np.testing.assert_array_equal(found["y"], frame["y"])
    assert "table.csv" in str(found["note"])
    # each page is in a folder of its own, so that none takes the place of another
    assert run(capsys, *words)[1] != out


def test_the_two_strongest_features_are_chosen(
    capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path
) -> None:
    page = tmp_path / "out.html"
    status, out, err = run(
        capsys, "explore", str(table), "--target", "y", "--output", str(page)
    )
    assert (status, out.strip()) == (0, str(page))
    assert re.match("bayes-l2: shows d and b of 4 features: their coefficients", err)
    found = data_of(page)
    assert found["names"] == ["d", "b"]
    assert "The strongest 2 of 4 features." in str(found["note"])
    # of 40 rows the sd of the noise is known to 11 %: four of these are allowed
    sd = np.std(pd.read_csv(table)["y"].to_numpy(float))
    scene = re.fullmatch(
        r"view=plane&noise_sd=(.+)&prior_sd=(.+)&data=own", str(found["scene"])
    )
    assert scene
    assert float(scene[1]) * sd == pytest.approx(SIGMA, rel=0.44)


def test_a_copy_of_a_feature_and_a_constant_are_not_chosen(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    d = np.arange(20.0)
    # z has no part of y at all: any other column is stronger
    z = np.tile([1.0, -1.0, -1.0, 1.0], 5)
    frame = pd.DataFrame({"one": 1.0, "d": d, "copy": 3 * d - 1, "z": z})
    frame["y"] = 2 * d + np.tile([0.1, -0.1], 10)
    table, page = tmp_path / "table.csv", tmp_path / "out.html"
    frame.to_csv(table, index=False)
    run(capsys, "explore", str(table), "--target", "y", "--output", str(page))
    assert data_of(page)["names"] in (["d", "z"], ["copy", "z"])


def test_strength_is_in_posterior_sds_and_not_the_size_of_the_coefficient(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rng = np.random.default_rng(6)
    w, u, apart, noise = rng.standard_normal((4, 200))
    frame = pd.DataFrame({"u": u, "v": u + 0.05 * apart, "w": w})
    # u and v have coefficients of 3 and -3 with sds of 0.14, and w has 1 with 0.007
    frame["y"] = w + 3 * (frame["u"] - frame["v"]) + 0.1 * noise
    table, page = tmp_path / "table.csv", tmp_path / "out.html"
    frame.to_csv(table, index=False)
    run(capsys, "explore", str(table), "--target", "y", "--output", str(page))
    names = data_of(page)["names"]
    assert isinstance(names, list)
    assert names[0] == "w"


def test_of_many_rows_a_seeded_sample_is_taken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    x = np.arange(3000)
    frame = pd.DataFrame({"x": x, "y": np.sin(x)})
    table, page = tmp_path / "many.csv", tmp_path / "out.html"
    frame.to_csv(table, index=False)
    words = ["explore", str(table), "--target", "y", "--output", str(page)]
    status, _, err = run(capsys, *words)
    assert status == 0
    said = "bayes-l2: shows 2000 of 3000 rows, drawn at random by seed 1"
    assert err.splitlines()[-1] == said
    first = data_of(page)
    assert "These are 2000 of 3000 rows" in str(first["note"])
    taken = np.array(first["X"])[:, 0].astype(int)
    assert len(set(taken)) == 2000
    np.testing.assert_array_equal(first["y"], np.sin(x)[taken])
    # in a random order: 1000 of 3000 rows, without replacement, have the mean of all to
    # its standard error of 866 sqrt(1/1000 - 1/3000) = 22.4
    assert abs(taken[:1000].mean() - 1499.5) < 5 * 22.4
    run(capsys, *words)
    assert data_of(page) == first


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--target", "y", "--features", "a,b,c,d"], "shows 1 to 3 features"),
        (["--target", "y", "--features", "a,cc"], "has no column 'cc'; did you mean"),
        (["--target", "z"], "has no column 'z'"),
        ([], "with a file, --target must be given"),
        (["--target", "y", "--output", "{}/none/x.html"], "--output: there is no fold"),
        (["--target", "y", "--output", "{}/x.pdf"], "--output must end in .html; got"),
        (["--target", "y", "--output", "{}"], "--output must end in .html"),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_file(
    capsys: pytest.CaptureFixture[str],
    table: Path,
    tmp_path: Path,
    words: list[str],
    message: str,
) -> None:
    options = [each.format(tmp_path) for each in words]
    status, out, err = run(capsys, "explore", str(table), *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n1,u\n2,v\n", "a finite number is needed of the target, got 'u'"),
        ("a,y\nu,1\nv,2\n", "column a holds text"),
        ("a,y\n1,2\n", "must have at least 3 rows for the explorer, got 1"),
        ("a,y\n1,2\n,3\n4,5\n", "no value; 1 of 3 rows lacks one"),
        ("a,y\n1,2\n1,3\n1,5\n", "one value in all rows of a; name others"),
        ("a,b,c,y\n1,1,1,2\n1,1,1,3\n1,1,1,5\n", "each feature has the same value"),
        ("a,y\n1,2\n3,2\n4,2\n", "the target is 2 in all 3 rows"),
    ],
)
def test_a_table_that_cannot_be_shown_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(text)
    status, out, err = run(capsys, "explore", str(table), "--target", "y")
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1]


def test_other_refusals(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, _, err = run(capsys, "explore", "--target", "y")
    assert "--target names a column of a table: give its file first" in err
    array = tmp_path / "rows.npy"
    np.save(array, np.eye(3))
    _, _, err = run(capsys, "explore", str(array), "--target", "0")
    assert "the explorer needs the rows in memory" in err


def test_the_folder_may_refuse_the_file(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    table: Path,
    tmp_path: Path,
) -> None:
    page = tmp_path / "out.html"

    def full(self: Path, *_: object, **__: object) -> None:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    status, out, err = run(
        capsys, "explore", str(table), "--target", "y", "--output", str(page)
    )
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].endswith("No space left on device")
    assert not page.exists()
