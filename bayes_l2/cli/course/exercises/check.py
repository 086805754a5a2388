"""The command ``bayes-l2 exercises check``."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bayes_l2.cli.course.exercises.options import AsJson, Decimal, Name, Seed, seed_of
from bayes_l2.cli.terminal import PROSE, console


def check(
    name: Name,
    answer: Annotated[
        str,
        typer.Argument(
            help="Your answer: a decimal number, with a point or a comma, such as "
            "0.123, 0,123, 12.3 % or 1e-3.",
            metavar="ANSWER",
        ),
    ],
    seed: Seed = None,
    decimal: Decimal = None,
    as_json: AsJson = False,
) -> int:
    """Say whether an answer is right, or which mistake gives it.

    After a right answer all steps to it are printed.

    Exit status: 0 if it is right, 1 if it is not, 2 on bad input.
    """
    from bayes_l2.course.exercises import catalogue
    from bayes_l2.course.exercises.grading.numerals import is_blank, number_in
    from bayes_l2.course.exercises.grading.remarks import remark_on
    from bayes_l2.course.exercises.step import written

    exercise = catalogue.find(name)
    seed = seed_of(seed, "check", name, answer)
    if is_blank(answer):
        raise ValueError("there is no answer: write a decimal number, such as 0.123")
    number = number_in(answer, decimal=decimal)
    verdict = catalogue.check(name, number, seed=seed)
    remark = remark_on(verdict, number, seed)
    steps = exercise.derivation(seed) if verdict.correct else ()
    if as_json:
        found = {
            "name": name,
            "seed": seed,
            "answer": number,
            "right": verdict.correct,
            "misconception": verdict.misconception,
            "message": verdict.message,
            "remark": remark and remark.words,
            "derivation": [asdict(step) for step in steps],
        }
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        screen = console(PROSE)
        if "%" in answer:
            screen.say(f"{answer.strip()} is read as {number:.6g}.", style="dim")
        screen.say(verdict.message)
        if remark:
            screen.say(remark.words)
        elif not (verdict.correct or verdict.misconception):
            screen.say(f"For a hint type bayes-l2 exercises hint {name}", style="dim")
        if steps:
            screen.lines(f"\n{written(steps)}")
    return 0 if verdict.correct else 1
