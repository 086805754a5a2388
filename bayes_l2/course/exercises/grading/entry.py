"""What one student handed in, before it is graded."""

from dataclasses import dataclass, field
from typing import Any

TWICE = "is there more than once"


@dataclass(frozen=True)
class Entry:
    """The entry of a student in a file.

    Attributes
    ----------
    student : str
        Name, number or login.
    answers : dict of str to float or str
        Answers by exercise, as they stand in the file; blank ones are left out.
    seed : object
        The seed that the file gives, or None.
    problems : tuple of str
        Faults of the entry, a line each.
    not_read : tuple of str
        Exercises with an answer that a problem makes unreadable.
    is_lost : bool
        Whether the problems leave nothing to grade.
    """

    student: str
    answers: dict[str, Any] = field(default_factory=dict)
    seed: Any = None
    problems: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    is_lost: bool = False


@dataclass(frozen=True)
class HandedIn:
    """The entries of a file.

    Attributes
    ----------
    entries : list of Entry
        In the order of the file, one for each student.
    asked : tuple of str
        The exercises that the file asks by columns of their own.
    """

    entries: list[Entry]
    asked: tuple[str, ...] = ()
