"""Hints and derivations on the command line."""

import json

import pytest

from bayes_l2 import exercises
from tests.cli.test_compare import run as run_command

NAME = "penalty-from-prior"
WITH_SEED = (NAME, "--seed", "1234567")
# seed 1234567: noise sd 8, prior sd 1.3, so that the answer is 64 / 1.69 = 37.87
STEPS = exercises.derivation(NAME, seed=1234567)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return run_command(capsys, "exercises", *words)


def test_hints_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    for words, place in ((["r-hat"], 1), (["r-hat", "1"], 1), (["r-hat", "6"], 6)):
        status, out, _ = run(capsys, "hint", *words)
        assert status == 0
        hint = exercises.hint("r-hat", place)
        assert " ".join(out.split()) == f"Hint {place} of 6: {hint}"
    found = json.loads(run(capsys, "hint", "r-hat", "6", "--json")[1])
    assert found == {"name": "r-hat", "number": 6, "n_hints": 6, "hint": hint}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["r-hat", "7"], "number must be at most 6, which is the number of hints to"),
        (["r-hat", "0"], "'N'"),
        (["r-hit"], "did you mean r-hat?"),
        (
            ["r-hat", "--seed", "3"],
            "hints have no numbers; type bayes-l2 exercises hint",
        ),
    ],
)
def test_no_such_hint(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    status, out, err = run(capsys, "hint", *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_the_steps_follow_a_right_answer_and_no_wrong_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, *seed = WITH_SEED
    assert run(capsys, "check", name, "37.9", *seed)[1] == f"right\n\n{STEPS}\n"
    assert "8² / 1.3² ≈ 37.87" in STEPS
    assert "37.87" not in run(capsys, "check", name, "18.9", *seed)[1]
    for answer, n_steps in (("37.9", 1), ("18.9", 0)):
        found = json.loads(run(capsys, "check", name, answer, *seed, "--json")[1])
        assert len(found["derivation"]) == n_steps


def test_the_solution_is_shown_when_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = run(capsys, "show", *WITH_SEED, "--solution")[1]
    assert out.endswith(f"\n\n{STEPS}\n")
    assert out.startswith("The noise sd is 8")
    assert "37.87" not in run(capsys, "show", *WITH_SEED)[1]
    found = json.loads(run(capsys, "show", *WITH_SEED, "--solution", "--json")[1])
    assert found["derivation"][-1]["value"] == pytest.approx(64 / 1.69, rel=1e-12)
    assert "derivation" not in json.loads(run(capsys, "show", *WITH_SEED, "--json")[1])
