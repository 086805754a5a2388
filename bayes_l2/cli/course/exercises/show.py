"""The commands ``bayes-l2 exercises list`` and ``show``."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bayes_l2.cli.course.exercises.options import AsJson, Name, Seed, seed_of
from bayes_l2.cli.terminal import PROSE, console


def list_(as_json: AsJson = False) -> int:
    """List the exercises by chapter."""
    from rich import box
    from rich.table import Table

    from bayes_l2.course.exercises.catalogue import EXERCISES

    if as_json:
        chapters = {each.name: each.chapter for each in EXERCISES.values()}
        print(json.dumps(chapters, indent=2))
        return 0
    # with no room beside the table its longest row fits 80 places
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("exercise", no_wrap=True)
    table.add_column("chapter")
    table.add_column("known\nmistakes", justify="right")
    for each in EXERCISES.values():
        known = each.misconceptions(**each.numbers(seed=0))
        table.add_row(each.name, each.chapter, str(len(known)))
    console(PROSE).print(table)
    return 0


def show(
    name: Name,
    seed: Seed = None,
    solution: Annotated[
        bool, typer.Option("--solution", help="Print all steps to the answer.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Print an exercise with the numbers of a seed."""
    from bayes_l2.course.exercises import catalogue
    from bayes_l2.course.exercises.step import written

    exercise = catalogue.find(name)
    seed = seed_of(seed, "show", name)
    question = exercise.question(seed)
    steps = exercise.derivation(seed) if solution else ()
    if as_json:
        numbers = exercise.numbers(seed)
        found = {"name": name, "seed": seed, "question": question, "numbers": numbers}
        if steps:
            found["derivation"] = [asdict(step) for step in steps]
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        console(PROSE).print(question, markup=False)
        if steps:
            console(PROSE).lines(f"\n{written(steps)}")
            return 0
        note = (
            f"Numbers of seed {seed}. `bayes-l2 exercises check {name} ANSWER --seed "
            f"{seed}` checks an answer, and `bayes-l2 exercises hint {name}` gives a "
            "hint."
        )
        console(PROSE).print(note, style="dim", markup=False)
    return 0
