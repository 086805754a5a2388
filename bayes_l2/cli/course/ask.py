"""The command ``bayes-l2 ask``."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bayes_l2.cli.terminal import PROSE, console, one_line
from bayes_l2.texts import shown

if TYPE_CHECKING:
    from bayes_l2.course.questions import Found


def ask(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words of a question; without words, the kinds of questions.",
            metavar="WORDS",
        ),
    ] = None,
    number: Annotated[
        int, typer.Option(help="The most questions to print.", min=1, metavar="N")
    ] = 3,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON and nothing else.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of all questions.")
    ] = False,
) -> int:
    """Find the questions nearest to some words, with short answers that are tested.

    Exit status: 0, 1 if no question is near, 2 on bad input.
    """
    from bayes_l2.course.questions import kinds, markdown, search

    if as_markdown and (words or as_json):
        raise ValueError("--markdown cannot be used with WORDS or --json")
    if as_markdown:
        print(markdown(), end="")
    elif words is None:
        _print_kinds(kinds(), as_json=as_json)
    else:
        found = search(" ".join(words), number=number)
        if as_json:
            plain = [_plain(each) for each in found]
            print(json.dumps(plain, indent=2, ensure_ascii=False))
        else:
            _print_found(found)
        if not found:
            one_line(
                f"no question is near {shown(' '.join(words))}; `bayes-l2 ask` lists "
                "the kinds"
            )
            return 1
    return 0


def _print_kinds(counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(counts, indent=2, ensure_ascii=False))
        return
    for kind, many in counts.items():
        console(PROSE).say(f"{many:3} {kind}")
    console(PROSE).say(
        f"{sum(counts.values())} questions. `bayes-l2 ask WORDS` finds the nearest."
    )


def _print_found(found: "list[Found]") -> None:
    """Print questions; the lines of a snippet start at the margin, to be copied."""
    from rich.rule import Rule

    screen = console(PROSE)
    for place, (each, _) in enumerate(found):
        if place:
            screen.print(Rule(style="dim"))
        screen.say(each.question, style="bold")
        screen.say(each.answer.replace("`", ""))
        screen.print()
        screen.print(each.snippet, style="cyan", markup=False, soft_wrap=True)
        screen.print()
        screen.say("It prints, among others:" if each.is_command else "It prints:")
        screen.print(each.prints, style="green", markup=False, soft_wrap=True)
        screen.say(f"Read on: {each.read_on}", style="dim")


def _plain(found: "Found") -> dict[str, Any]:
    each = found.question
    return {
        "name": each.name,
        "kind": each.kind,
        "question": each.question,
        "answer": each.answer,
        "snippet": each.snippet,
        "prints": each.prints,
        "libraries": list(each.libraries),
        "read_on": each.read_on,
        "similarity": round(found.similarity, 4),
    }
