"""Hints and derivations: the steps end at the right answer, as printed.

A printed expression is read as a text and worked out here, so that a student who types
it into a calculator gets the printed value.
"""

import math
import re
from functools import cache
from statistics import median

import pytest

from bayes_l2 import exercises
from bayes_l2.course.exercises.exercise import TOLERANCE, Numbers
from bayes_l2.course.exercises.step import Step, digits, written

SEEDS = range(20)
ALL = pytest.mark.parametrize("name", exercises.EXERCISES)
PRINTED = 1e-4  # relative, of a value that is printed with five digits
# these subtract a printed value from a number of its size
SUBTRACTED = ("gradient-of-cross-entropy", "soft-threshold", "softmax-sum")
FUNCTIONS = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "median": lambda *values: median(values),
    "min": min,
    "max": max,
    "pi": math.pi,
}
# numbers that a question gives, and that the right answer does not need
NOT_NEEDED = {
    "second-batch": {"prior_sd"},
    "monte-carlo-error": {"draws"},
    "laplace-sd": {"b"},  # it is in the printed probabilities
}


def worked_out(expression: str) -> float:
    """Return the value of a printed expression, as a calculator gives it."""
    code = expression.replace("²", "**2").replace("^", "**").replace("×", "*")
    code = re.sub(r"√([\d.]+)", r"sqrt(\1)", code).replace("√", "sqrt")
    return eval(code.replace("π", "pi"), {"__builtins__": {}}, FUNCTIONS)


@cache
def of_all_seeds(name: str) -> list[tuple[int, Numbers, tuple[Step, ...]]]:
    exercise = exercises.find(name)
    every = [(seed, exercise.numbers(seed)) for seed in SEEDS]
    return [(seed, numbers, exercise.derive(**numbers)) for seed, numbers in every]


def is_right(answer: float, right: float) -> bool:
    return abs(answer - right) <= TOLERANCE * abs(right)


@ALL
def test_a_derivation_ends_at_the_right_answer_and_not_before(name: str) -> None:
    """An earlier step has this number by coincidence only, which is seldom."""
    early = 0
    for _, numbers, steps in of_all_seeds(name):
        right = exercises.find(name).answer(**numbers)
        assert steps[-1].value == pytest.approx(right, rel=1e-12)
        assert is_right(float(digits(steps[-1].value)), right)
        early += any(is_right(step.value, right) for step in steps[:-1])
    assert early <= 2


@ALL
def test_what_is_printed_is_what_a_calculator_gives(name: str) -> None:
    bound = TOLERANCE if name in SUBTRACTED else PRINTED
    for seed, _, steps in of_all_seeds(name):
        for step in steps:
            value = worked_out(step.numbers)
            assert value == pytest.approx(step.value, rel=bound), (seed, step)


@ALL
def test_the_numbers_of_the_student_are_in_the_derivation(name: str) -> None:
    for _, numbers, steps in of_all_seeds(name):
        printed = " ".join(step.numbers for step in steps)
        seen = set(re.findall(r"\d+(?:\.\d+)?", printed))
        for key, value in numbers.items():
            if key not in NOT_NEEDED.get(name, ()):
                for each in value if isinstance(value, list) else [value]:
                    assert f"{abs(each):g}" in seen, key


@ALL
def test_hints_are_the_same_for_all_students(name: str) -> None:
    """So they hold no number of a student, and no answer."""
    hints = exercises.find(name).hints
    for _, _, steps in of_all_seeds(name):
        assert tuple(hint for step in steps for hint in step.hints) == hints
        assert len(hints) == 2 * len(steps)
    assert len(set(hints)) == len(hints)
    for idea, formula in zip(hints[::2], hints[1::2], strict=True):
        assert re.search(r"[.?]$", idea)
        assert formula.startswith("Let ")
        assert formula.count(" Then ") == 1
        assert " = " in formula.split(" Then ")[1]


@ALL
def test_a_derivation_is_read_in_a_terminal(name: str) -> None:
    for _, _, steps in of_all_seeds(name):
        text = written(steps)
        lines = text.splitlines()
        assert max(map(len, lines)) <= 79, lines
        assert "\u00a0" not in text
        assert not re.search(r"\de[+-]\d", text)
        assert lines[-1] == f"The answer is {digits(steps[-1].value)}."
        headings = [line for line in lines if re.fullmatch(r"Step \d of \d", line)]
        assert len(headings) == (len(steps) if len(steps) > 1 else 0)


def test_most_exercises_have_several_steps_and_none_has_many() -> None:
    counts = [len(each.derivation(0)) for each in exercises.EXERCISES.values()]
    assert sum(count > 1 for count in counts) >= 23
    assert max(counts) == 3


def test_a_derivation_as_a_student_reads_it() -> None:
    text = exercises.derivation("soft-threshold", seed=7)
    assert text.startswith("Step 1 of 2\nLet t be the factor, σ the noise sd and s")
    assert text.endswith(
        "the minimum is at 0.\n"
        "    b = max(z - t, 0)\n"
        "      = max(3.8 - 1.5022, 0) ≈ 2.2978\n"
        "\n"
        "The answer is 2.2978."
    )


def test_a_hint_by_its_number() -> None:
    assert exercises.hint("r-hat") == exercises.find("r-hat").hints[0]
    assert exercises.hint("r-hat", 6).endswith(
        "Then R-hat = √(((n - 1)/n · W + V) / W)."
    )
    with pytest.raises(ValueError, match=r"number must be at most 6, which .* 'r-hat'"):
        exercises.hint("r-hat", 7)
    with pytest.raises(ValueError, match="number must be a whole number of at least 1"):
        exercises.hint("r-hat", 0)
