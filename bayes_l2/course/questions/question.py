"""A question as people ask it, with a short answer and a snippet that shows it."""

import re
from dataclasses import dataclass

from bayes_l2.texts import shown


@dataclass(frozen=True)
class Question:
    """A question, its answer in two lines, and a snippet whose output is known.

    Attributes
    ----------
    name : str
        Lower-case words with hyphens.
    kind : str
        The topic that the question belongs to.
    question : str
        The question as people ask it.
    answer : str
        The answer, at most 250 characters. Code stands in backticks.
    snippet : str
        Lines of Python that run alone, or one command that begins with ``bayes-l2``.
    prints : str
        All that the Python prints, or a part of what the command prints.
    libraries : tuple of str
        The libraries that the question is about.
    read_on : str
        A page or notebook of the repository, with or without an anchor.
    words : str
        Other words that people use for it, between commas.
    """

    name: str
    kind: str
    question: str
    answer: str
    snippet: str
    prints: str
    libraries: tuple[str, ...]
    read_on: str
    words: str

    def __repr__(self) -> str:
        return f"Question({self.name}, on {self.kind}: {shown(self.question)})"

    @property
    def is_command(self) -> bool:
        """Whether the snippet is a command and not Python."""
        return self.snippet.startswith("bayes-l2 ")

    @property
    def anchor(self) -> str:
        """The anchor of the question on its page, as code forges make it."""
        return anchor(self.question)


def anchor(heading: str) -> str:
    """Return the anchor of a heading, as code forges make it."""
    return re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
