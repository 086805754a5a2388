"""The commands ``bayes-l2 exercises check`` and ``show``."""

import json

import pytest

from tests.cli.test_compare import run as run_command


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return run_command(capsys, "exercises", *words)


# seed 1234567: noise sd 8, prior sd 1.3, so that the answer is 64 / 1.69 = 37.87
HINT = "For a hint type bayes-l2 exercises hint penalty-from-prior\n"


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ("37.9", 0, "right\n"),
        ("37,9", 0, "right\n"),
        ("3787 %", 0, "3787 % is read as 37.87.\nright\n"),
        (
            "18.9",
            1,
            "not right: you dropped the \u00bd of the Gaussian likelihood\n",
        ),
        ("-1", 1, f"not right: off by 103 %, too small\n{HINT}"),
        (
            "37.9 %",
            1,
            "37.9 % is read as 0.379.\nnot right: off by 99 %, too small\n"
            "right without the percent sign: write 37.9\n",
        ),
        ("3787", 1, f"not right: off by more than 1000 %, too large\n{HINT}"),
    ],
)
def test_an_answer(
    capsys: pytest.CaptureFixture[str], answer: str, status: int, words: str
) -> None:
    got, out, err = run(
        capsys, "check", "penalty-from-prior", answer, "--seed", "1234567"
    )
    verdict, _, steps = out.partition("\n\n")
    assert (got, f"{verdict.rstrip()}\n", err) == (status, words, "")
    assert bool(steps) == (status == 0)


def test_facts_on_a_wrong_answer(capsys: pytest.CaptureFixture[str]) -> None:
    # of one principal axis: d^2 / (d^2 + alpha)
    share = "shrinkage-factor"
    found = json.loads(run(capsys, "show", share, "--seed", "1", "--json")[1])
    d, alpha = found["numbers"]["d"], found["numbers"]["penalty"]
    percent = f"{100 * d**2 / (d**2 + alpha):.3g}"
    words = (share, percent, "--seed", "1", "--json")
    status, out, _ = run(capsys, "check", *words)
    got = json.loads(out)
    assert status == 1
    assert got["remark"].startswith("right if it is meant in percent: write ")
    assert not got["right"]
    assert got["answer"] == float(percent)
    found = json.loads(run(capsys, "show", share, "--seed", "0", "--json")[1])
    d, alpha = found["numbers"]["d"], found["numbers"]["penalty"]
    example = f"{d**2 / (d**2 + alpha):.4g}"
    _, out, _ = run(capsys, "check", share, example, "--seed", "1")
    assert "\nright for seed 0, not for seed 1; chance of such a match: " in out


def test_a_comma_before_three_digits(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("check", "penalty-from-prior", "37,870", "--seed", "1234567")
    assert run(capsys, *words)[:2] == (2, "")
    assert run(capsys, *words, "--decimal", "comma")[0] == 0
    assert run(capsys, *words, "--decimal", "point")[0] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["show", "r-hat"],
            "--seed is missing: your numbers are made from your student number; type "
            "bayes-l2 exercises show r-hat --seed NUMBER",
        ),
        (["check", "r-hat", "2"], "exercises check r-hat 2 --seed NUMBER"),
        (["check", "r-hit", "2", "--seed", "1"], "did you mean r-hat?"),
        (["check", "r-hat", "two", "--seed", "1"], "no number: 'two'"),
        (["check", "r-hat", "", "--seed", "1"], "there is no answer"),
        (["check", "r-hat", "2", "--seed", "-1"], "--seed"),
        (["check", "r-hat", "--seed", "1"], "ANSWER"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
