"""``bayes-l2 convert`` and ``bayes-l2 conventions``: output, exit status, errors."""

import json
import os
import subprocess
import sys

import pytest

from bayes_l2.conventions import listing
from bayes_l2.conventions.catalogue import RECORDS
from tests.cli.test_compare import run

TO_GLMNET = (
    "convert",
    "1.0",
    "--from",
    "ridge",
    "--to",
    "glmnet",
    "--n",
    "442",
    "--y-sd",
    "77",
)


def test_a_conversion_is_printed_in_full(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, *TO_GLMNET)
    assert (status, err) == (0, "")
    words = [
        "lambda = 0.1742081448",
        "lambda[glmnet] = alpha[ridge] y_sd / (n x_sd²)",
        "n = 442",
        "||y - a - Xb||² + ||b||²",
        "1 / (2 n) · ||y - a - Xb||² + 0.1742081448 / (2 y_sd) · ||x_sd b||²",
        "glmnet standardises the columns",
    ]
    places = [out.index(each) for each in words]
    assert places == sorted(places)


def test_a_script_gets_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, *TO_GLMNET, "--json")
    result = json.loads(out)
    assert (status, err) == (0, "")
    assert result["value"] == pytest.approx(77 / 442, rel=1e-14)
    assert result["warnings"]
    assert result["quantities"] == {"n": 442, "y_sd": 77.0, "x_sd": 1.0}


def test_every_option_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """lambda = alpha y_sd / (Σw x_sd²), sd = noise_sd / sqrt(alpha); alpha B / n."""
    options = [
        "--from",
        "ridge",
        "--to",
        "glmnet",
        "--weight-sum",
        "50",
        "--y-sd",
        "2",
        "--x-sd",
        "0.5",
        "--noise-sd",
        "6",
    ]
    found = json.loads(run(capsys, "convert", "3", *options, "--json")[1])
    assert found["value"] == pytest.approx(3 * 2 / (50 * 0.25), rel=1e-14)
    assert found["prior_scale"] == pytest.approx(12**0.5, rel=1e-14)
    assert found["source_objective"] == "||y - a - Xb||² + alpha · ||b||²"
    assert found["target_objective"].startswith("1 / (2 n)")
    options = [
        "--from",
        "ridge",
        "--to",
        "mlp-regressor",
        "--n",
        "40",
        "--batch-size",
        "8",
        "--noise-sd",
        "6",
    ]
    assert json.loads(run(capsys, "convert", "3", *options, "--json")[1])[
        "value"
    ] == pytest.approx(3 * 8 / 40, rel=1e-14)
    _, out, _ = run(capsys, "convert", "3", *options)
    assert "prior sd          3.464101615 of a coefficient" in out
    options = ["--from", "ridge", "--to", "torch-sgd", "--n", "40"]
    assert "penalises the intercept" in run(capsys, "convert", "3", *options)[1]
    assert (
        "penalises the intercept"
        not in run(capsys, "convert", "3", *options, "--no-intercept")[1]
    )


def test_columns_may_differ(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--from",
        "prior-sd-standardised",
        "--to",
        "prior-sd",
        "--x-sd",
        "1,2,4",
        "--json",
    ]
    assert json.loads(run(capsys, "convert", "20", *options)[1])["value"] == [
        20.0,
        10.0,
        5.0,
    ]
    options = ["--from", "pymc", "--to", "ard-regression", "--json"]
    assert json.loads(run(capsys, "convert", "1,2", *options)[1])["value"] == [
        1.0,
        0.25,
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["-1", "--from", "ridge", "--to", "lm-ridge"],
            "must be positive and finite, got -1",
        ),
        (
            ["nan", "--from", "ridge", "--to", "lm-ridge"],
            "must be positive and finite, got nan",
        ),
        (
            ["one", "--from", "ridge", "--to", "lm-ridge"],
            "VALUE must be a number, or numbers between commas, got 'one'",
        ),
        (
            ["1", "--from", "ridge", "--to", "glment"],
            "--to: no convention is called 'glment'; did you mean glmnet",
        ),
        (
            ["1", "--from", "rigde", "--to", "glmnet"],
            "--from: no convention is called 'rigde'; did you mean ridge",
        ),
        (
            ["1", "--from", "ridge", "--to", "ElasticNet"],
            "n, the number of rows, must be given",
        ),
        (
            ["1", "--from", "ridge", "--to", "ridge", "--n", "3"],
            "n does not belong here",
        ),
        (
            ["1", "--from", "ridge", "--to", "ElasticNet", "--n", "3.5"],
            "Invalid value for '--n': Input should be a valid integer",
        ),
        (["1", "--from", "ridge"], "Missing option '--to'"),
        (
            ["1", "--from", "ridge", "--to", "glmnet", "--rows", "3"],
            "unexpected extra argument(s) (--rows 3)",
        ),
        (["--from", "ridge", "--to", "glmnet"], "Missing argument 'VALUE'"),
    ],
)
def test_a_mistake_gets_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, "convert", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_conventions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "conventions")
    assert status == 0
    assert {record.name for record in RECORDS} <= set(out.splitlines())
    for caveat in (
        "no Gaussian MAP",
        "penalises the intercept",
        "standardises columns",
    ):
        assert caveat in out


def test_lines_are_as_wide_as_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(map(len, run(capsys, "conventions", "glmnet")[1].splitlines())) > 100
    monkeypatch.setenv("COLUMNS", "60")
    for command in (("conventions",), ("conventions", "glmnet"), TO_GLMNET):
        assert max(map(len, run(capsys, *command)[1].splitlines())) <= 60


def test_conventions_as_json_and_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "conventions", "--json")[1])
    assert [each["name"] for each in found] == [record.name for record in RECORDS]
    assert run(capsys, "conventions", "--markdown")[1] == listing.markdown(RECORDS)


def test_one_convention_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "conventions", "AdamW(weight_decay)", "torch-adamw")
    assert out[0] == 2
    status, out, _ = run(capsys, "conventions", "torch-adamw")
    assert status == 0
    for words in (
        "torch.optim.AdamW(weight_decay)",
        "no Gaussian MAP",
        "Loshchilov and Hutter (2019)",
        "penalised",
    ):
        assert words in out


def test_proofs_are_run_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys, "conventions", "--verify", "ridge", "glmnet", "matlab-ridge"
    )
    assert status == 0
    assert "2 proved, 0 failed, 1 not run." in out
    assert "--project proofs" not in out
    status, out, _ = run(capsys, "conventions", "--verify", "ridge", "--json")
    (found,) = json.loads(out)
    assert found["passed"] is True
    assert found["digits"] > 12


def test_a_library_that_is_missing_can_be_had(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_l2.conventions.proofs.verify import PROOFS

    missing = PROOFS["ridge"]._replace(modules=("no_such_library",))
    monkeypatch.setitem(PROOFS, "ridge", missing)
    out = run(capsys, "conventions", "--verify", "ridge")[1]
    assert "uv run --project proofs bayes-l2 conventions --verify" in out


def test_a_proof_that_fails_gives_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_l2.conventions.proofs.verify import PROOFS

    monkeypatch.setitem(PROOFS, "ridge", PROOFS["elastic-net"])
    status, out, _ = run(capsys, "conventions", "--verify", "ridge")
    assert status == 1
    assert "FAIL" in out
    assert "0 proved, 1 failed" in out


def test_options_that_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "conventions", "--markdown", "--json")[0] == 2
    assert run(capsys, "conventions", "--markdown", "--verify", "ridge")[0] == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "bayes-l2 convert 1 --from glmnet-b",
            {"glmnet-binomial", "glmnet-binomial-unstandardised"},
        ),
        ("bayes-l2 conventions optax-a", {"optax-adamw"}),
    ],
)
def test_names_are_completed_by_the_shell(line: str, expected: set[str]) -> None:
    asked = {
        "_BAYES_L2_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }
    command = [sys.executable, "-c", "from bayes_l2.cli.main import main; main()"]
    result = subprocess.run(
        command, env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert set(result.stdout.split()) == expected


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_word_is_cut_where_a_terminal_is_narrow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = run(capsys, "conventions")
    assert max(map(len, out.splitlines())) <= width
    shown = set(out.split())
    for record in RECORDS:
        assert {record.name, *record.setting.split()} <= shown
    _, out, _ = run(capsys, "conventions", "gaussian-process", "spark")
    # beside the headings, a narrow terminal breaks words longer than 40 characters
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= width
