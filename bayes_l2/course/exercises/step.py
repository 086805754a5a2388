"""A step of a derivation: two hints, the reason, and a formula with its numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose
from textwrap import wrap

from bayes_l2.texts import LONGEST, shortened

WIDTH = 79
INDENT = "    "
BOUND = "\u00a0"  # a space at which no line ends


@dataclass(frozen=True)
class Step:
    """A step on the way to an answer.

    Attributes
    ----------
    idea : str
        The first hint: the idea, without a formula.
    symbols : str
        A sentence that begins with "Let" and names the symbols of the formula.
    formula : str
        The formula, ``name = expression``. With ``symbols`` it is the second hint.
    reason : str
        Why the formula holds. Lines that begin with a space are formulas.
    numbers : str
        The expression with a student's numbers.
    value : float
        What the expression gives.
    """

    idea: str
    symbols: str
    formula: str
    reason: str
    numbers: str
    value: float

    def __repr__(self) -> str:
        name = self.formula.split(" = ")[0]
        return shortened(f"Step({name} = {self.numbers} = {self.value:.5g})", LONGEST)

    @property
    def hints(self) -> tuple[str, str]:
        """Return the idea, and then the formula. They hold no numbers of a student."""
        return self.idea, f"{self.symbols} Then {self.formula}."

    def text(self) -> str:
        """Return the step as lines of at most 79 characters."""
        name, expression = self.formula.split(" = ", maxsplit=1)
        exact = isclose(float(digits(self.value)), self.value, rel_tol=1e-12)
        sign = "=" if exact else "≈"
        result = f"{sign} {digits(self.value)}"
        margin = INDENT + " " * len(name)
        lines = _filled(f"{self.symbols} {self.reason}")
        lines += _formula(f"{INDENT}{name} = ", expression)
        with_numbers = _formula(f"{margin} = ", self.numbers)
        if len(with_numbers[-1]) + len(result) < WIDTH:
            with_numbers[-1] += f" {result}"
        else:
            with_numbers.append(f"{margin} {result}")
        return "\n".join(lines + with_numbers)


def written(steps: Sequence[Step]) -> str:
    """Return a derivation as text: all steps, and the answer."""
    texts = [step.text() for step in steps]
    if len(steps) > 1:
        texts = [
            f"Step {i} of {len(steps)}\n{text}" for i, text in enumerate(texts, start=1)
        ]
    return "\n\n".join([*texts, f"The answer is {digits(steps[-1].value)}."])


def digits(value: float) -> str:
    """Return a number with five digits, without zeros at its end."""
    return f"{value:.5g}"


def squared(value: float) -> str:
    """Return the square of a number as it is written: 3² or (-3)²."""
    return f"({value:g})²" if value < 0 else f"{value:g}²"


def added(terms: Iterable[str]) -> str:
    """Return terms with a plus between them."""
    return " + ".join(terms)


def _filled(text: str) -> list[str]:
    """Return the lines of a text; a line that begins with a space is a formula."""
    lines = []
    for line in text.splitlines():
        if line.startswith(" "):
            lines += _formula(INDENT, line.strip())
        else:
            bound = re.sub(r" ([=×/+-]) ", rf"{BOUND}\1{BOUND}", line)
            lines += _wrapped(bound, "")
    return lines


def _formula(start: str, expression: str) -> list[str]:
    """Return the lines of a formula. They end at the plus signs in fewest brackets."""
    depth, ends = 0, []
    for i, character in enumerate(expression):
        depth += (character == "(") - (character == ")")
        if expression.startswith("+ ", i):
            ends.append((depth, i + 1))
    characters = list(expression.replace(" ", BOUND))
    for depth, end in ends:
        if depth == min(ends)[0]:
            characters[end] = " "
    return _wrapped("".join(characters), start)


def _wrapped(text: str, start: str) -> list[str]:
    """Return lines that begin as far to the right as the first one."""
    lines = wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace(BOUND, " ") for line in lines]
