"""What a class misunderstood: how many gave which wrong answer to each exercise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bayes_l2 import arguments
from bayes_l2.course.exercises.grading.grades import RIGHT, Grade
from bayes_l2.course.exercises.grading.remarks import KINDS


@dataclass(frozen=True)
class Summary:
    """The answers of a class to one exercise, counted.

    The counts sum to the number of students who handed in an answer to any exercise,
    and whose entry can be read.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    right : int
        Number of right answers.
    misconceptions : dict of str to int
        Number of answers that each known misconception gives, the most frequent first.
    others : dict of str to int
        Number of other wrong answers by kind: that of a ``Remark``, or "another
        number".
    ungraded : int
        Number of answers that could not be graded.
    blank : int
        Number of students who did not answer.
    """

    exercise: str
    right: int
    misconceptions: dict[str, int]
    others: dict[str, int]
    ungraded: int
    blank: int

    @property
    def counts(self) -> dict[str, int]:
        """Return all counts above 0 by their words, in the order of printing."""
        found = {"right": self.right} | self.misconceptions | self.others
        found |= {"not graded": self.ungraded, "blank": self.blank}
        return {words: count for words, count in found.items() if count}

    @property
    def not_right(self) -> int:
        """Return the number of wrong answers."""
        return sum((self.misconceptions | self.others).values())


def summaries(grades: Sequence[Grade]) -> list[Summary]:
    """Return a summary of each exercise, the most misunderstood first.

    Parameters
    ----------
    grades : sequence of Grade
        The grades of a class, from ``grade_file``.

    Returns
    -------
    list of Summary
        By the number of wrong answers; equal ones by their first answer.

    Raises
    ------
    ValueError
        If the grades are not a list of them, or none.
    """
    found = arguments.words(grades, "grades", "a list from grade_file")
    grades = [arguments.instance(each, Grade, "grades") for each in found]
    names = dict.fromkeys(
        name
        for each in grades
        for name in (*each.verdicts, *each.ungraded, *each.blank)
    )
    return sorted(
        (_summary(name, grades) for name in names),
        key=lambda each: each.not_right,
        reverse=True,
    )


def _summary(name: str, grades: Sequence[Grade]) -> Summary:
    found = Counter(each.finding(name) for each in grades if name in each.verdicts)
    known = dict(found.most_common())
    right = known.pop(RIGHT, 0)
    others = {kind: known.pop(kind) for kind in KINDS if kind in known}
    return Summary(
        name,
        right,
        known,
        others,
        sum(name in each.ungraded for each in grades),
        sum(name in each.blank for each in grades),
    )
