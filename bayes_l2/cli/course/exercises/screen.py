"""The results of a class on the screen: what it misunderstood stands first."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from bayes_l2.cli.terminal import PROSE, console
from bayes_l2.course.exercises.grading import Grade, Summary
from bayes_l2.texts import listed, printable

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_BAR = 20
STYLES = {"right": "green", "another number": "yellow", "blank": "dim"}


def print_class(grades: Sequence[Grade], summaries: Sequence[Summary]) -> None:
    """Print the class by exercise, who missed, and a table of students."""
    screen = console(PROSE)
    there = sum(not each.is_missing for each in grades)
    counts = f"{_of(there, 'student')}, {_of(len(summaries), 'exercise')}"
    screen.print(f"What the class misunderstood: {counts}", style="bold")
    largest = max((max(each.counts.values()) for each in summaries), default=1)
    for each in summaries:
        screen.print(f"\n{each.exercise}", style="bold")
        for words, count in each.counts.items():
            _bar(screen, words, count, largest)
    _missed(screen, grades)
    _students(screen, grades)


def _of(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _bar(screen: "Console", words: str, count: int, largest: int) -> None:
    """Print a count, a bar and its words; the words go on below one another."""
    full = min(largest, LONGEST_BAR)
    length = max(1, round(count * full / largest))
    mark = "\u2588" if _can_show(screen, "\u2588") else "#"
    before = f"{count:5} {mark * length:<{full}} "
    lines = wrap(words, max(20, screen.width - len(before)))
    text = f"\n{' ' * len(before)}".join(lines)
    screen.print(f"{before}{text}", style=STYLES.get(words, ""), markup=False)


def _can_show(screen: "Console", mark: str) -> bool:
    try:
        mark.encode(screen.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _missed(screen: "Console", grades: Sequence[Grade]) -> None:
    absent = [_printable(each.student) for each in grades if each.is_missing]
    partly = [each for each in grades if each.blank]
    if not absent and not partly:
        return
    screen.print("\nWho missed", style="bold")
    lines = [f"no answers: {', '.join(absent)}"] if absent else []
    lines += [f"{_printable(each.student)}: {listed(each.blank)}" for each in partly]
    for line in lines:
        text = "\n    ".join(wrap(line, max(20, screen.width - 4)))
        screen.print(f"  {text}", markup=False)


def _students(screen: "Console", grades: Sequence[Grade]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("student", "right", box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("not right", overflow="fold")
    for each in grades:
        if not each.is_missing:
            table.add_row(
                Text(_printable(each.student)),
                f"{each.right} of {each.answers}",
                Text("\n".join(_lines(each))),
            )
    screen.print()
    screen.print(table)


def _lines(grade: Grade) -> list[str]:
    """Return a line on each answer that is not right or not graded."""
    lines = []
    for name, verdict in grade.verdicts.items():
        if not verdict.correct:
            fact = grade.remarks.get(name)
            words = verdict.message.removeprefix("not right: ")
            lines.append(f"{name}: {words if fact is None else fact.words}")
    return lines + [f"not graded: {problem}" for problem in grade.problems]


def _printable(student: str) -> str:
    """Return a name; in quotes if a terminal would not show it as it is."""
    shown = student.isprintable() and student == student.strip()
    return printable(student if shown else repr(student))
