"""`bayes-l2 equivalences`: a table, details, JSON, figures, exit statuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bayes_l2.cli.course.equivalences import complete
from bayes_l2.cli.main import main
from bayes_l2.course.demonstrations.equivalences import cases
from bayes_l2.course.demonstrations.equivalences.linear_algebra import dual
from bayes_l2.texts import Catalogue


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["equivalences", *words])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.fixture(autouse=True)
def one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "CASES", Catalogue({"dual": dual}, of="equivalences"))


def test_table_details_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys)
    assert (status, err) == (0, "")  # a script sees no progress
    assert "1 of 1 differ by no more than theory allows." in out
    status, out, _ = run(capsys, "dual", "--seed", "3")
    assert status == 0
    assert "because  both solve the same equations" in out
    assert all(not line or line.startswith((" ", "dual: ")) for line in out.split("\n"))
    assert not any(line != line.rstrip() for line in out.split("\n"))
    status, out, _ = run(capsys, "--json", "--seed", "3")
    (record,) = json.loads(out)
    assert status == 0
    assert record["found"] == dual(seed=3).found
    assert record["holds"] is True


def test_a_difference_that_is_too_large_is_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*, seed: int) -> object:
        return replace(dual(seed=seed), found=1.0)

    monkeypatch.setattr(cases, "CASES", Catalogue({"dual": wrong}, of="equivalences"))
    status, out, _ = run(capsys)
    assert status == 1
    assert "FAIL" in out
    assert "0 of 1" in out


def test_figures_go_to_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "dual", "--figures", str(tmp_path))
    assert status == 0
    assert out.endswith(f"Figure: {tmp_path / 'dual.png'}\n")
    status, out, _ = run(capsys, "dual", "--figures", str(tmp_path), "--json")
    assert status == 0
    assert len(json.loads(out)) == 1
    assert (tmp_path / "dual.png").read_bytes().startswith(b"\x89PNG")
    status, _, err = run(capsys, "--figures", str(tmp_path / "nowhere"))
    assert status == 2
    assert err.startswith("bayes-l2: --figures: ")
    assert "is not there" in err
    assert "is a file" in run(capsys, "--figures", str(tmp_path / "dual.png"))[2]
    assert err.count("\n") == 1


def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "dula")
    assert status == 2
    assert "did you mean dual?" in err
    assert run(capsys, "--seed", "-1")[0] == 2


def test_a_figure_that_cannot_be_written_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "dual.png").mkdir()
    status, out, err = run(capsys, "dual", "--figures", str(tmp_path))
    assert (status, out) == (2, "")
    assert err.startswith("bayes-l2: --figures: cannot write ")
    assert err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["dual.png"]


def test_names_are_completed_without_regard_to_case() -> None:
    assert complete("DU") == ["dual"]
    assert complete("x") == []
