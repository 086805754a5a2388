"""Questions in the text format GIFT.

A numerical answer is ``=%grade%number:tolerance#feedback``. The first answer that is
within its tolerance decides, and ``~#feedback`` is for any other number.
https://docs.moodle.org/en/GIFT_format describes the format.
"""

from collections.abc import Mapping, Sequence

from bayes_l2.course.exercises.export.moodle import category_path
from bayes_l2.course.exercises.export.question import (
    KnownAnswer,
    Question,
    derivation_in_html,
    plain_number,
)

# characters that have a meaning in GIFT; the backslash comes first
SPECIAL = "\\~=#{}:"


def gift(sets: Mapping[str, Sequence[Question]]) -> bytes:
    """Return a file of GIFT: a category for each exercise, with its questions."""
    blocks = []
    for several in sets.values():
        blocks.append(f"$CATEGORY: {category_path(several[0])}")
        blocks += [_block(each) for each in several]
    return ("\n\n".join(blocks) + "\n").encode()


def _block(question: Question) -> str:
    lines = [
        f"::{_escaped(question.name)}::[plain]{_escaped(question.text)} {{#",
        _answer(question.right, 100),
        *(_answer(each, 0) for each in question.mistakes),
        f"\t~#{_escaped(question.other)}",
        f"\t####[html]{_escaped(derivation_in_html(question))}",
        "}",
    ]
    return "\n".join(lines)


def _answer(known: KnownAnswer, grade: int) -> str:
    number = f"{plain_number(known.value)}:{plain_number(known.tolerance)}"
    return f"\t=%{grade}%{number}#{_escaped(known.feedback)}"


def _escaped(text: str) -> str:
    for each in SPECIAL:
        text = text.replace(each, f"\\{each}")
    return text.replace("\n", "\\n")
