"""The seed of a student: the number in a login, or a line of a file of seeds."""

import re
from pathlib import Path

from bayes_l2.course.exercises.grading.cells import Row, rows_of
from bayes_l2.course.exercises.grading.columns import student_column
from bayes_l2.course.exercises.grading.entry import TWICE
from bayes_l2.course.exercises.grading.headings import SEED_NAMES, plain
from bayes_l2.course.exercises.grading.numerals import whole
from bayes_l2.texts import end_of, shown


def seed_in(student: str) -> int | float:
    """Return the one number in a student's login; of an address, before the @.

    Raises
    ------
    ValueError
        If there is none, or if there are several.
    """
    found = re.findall("[0-9]+", student.partition("@")[0])
    if len(found) == 1:
        return whole(found[0])
    count = "several numbers" if found else "no number"
    raise ValueError(
        f"there is no seed: {shown(student)} holds {count}; give the seeds by --seeds "
        "FILE, a CSV of student,seed"
    )


class Seeds:
    """Seeds by student.

    Parameters
    ----------
    path : Path
        A CSV with the columns student and seed. Without a line of names, these are
        the first and the second column.
    encoding : str, optional
        The encoding of the text.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.file = end_of(path)
        header, rows = rows_of(path, encoding)
        student, seed = self._columns(header, rows)
        if _is_seed(header.cells, seed):
            rows = [header, *rows]
        self.students: list[str] = []
        self._found: dict[str, int | float | str] = {}
        for row in rows:
            name = row.cell(student)
            if not name:
                continue
            if plain(name) in self._found:
                self._found[plain(name)] = f"{TWICE} in {self.file}"
                continue
            self.students.append(name)
            digits = row.cell(seed)
            self._found[plain(name)] = (
                whole(digits)
                if re.fullmatch("[0-9]+", digits)
                else f"{self.file}, line {row.number}: seed must be a whole number of "
                f"at least 0, got {shown(digits)}"
            )
        if not self.students:
            raise ValueError(f"{self.file} names no student")

    def _columns(self, header: Row, rows: list[Row]) -> tuple[int, int]:
        names = list(map(plain, header.cells))
        seeds = [place for place, name in enumerate(names) if name in SEED_NAMES]
        if len(seeds) == 1 and len(names) > 1:
            without = [row.without(seeds[0]) for row in (header, *rows)]
            return student_column(without[0], without[1:], None, self.file), seeds[0]
        if not seeds and _is_seed(header.cells, 1):
            return 0, 1
        raise ValueError(
            f"{self.file} must be a CSV with the columns student and seed, got the "
            f"columns {shown(', '.join(header.cells))}"
        )

    def of(self, student: str) -> int | float:
        """Return the seed of a student, or raise ValueError."""
        found = self._found.get(plain(student), f"is not in {self.file}")
        if isinstance(found, str):
            raise ValueError(found)
        return found


def _is_seed(cells: list[str], place: int) -> bool:
    return len(cells) > place and re.fullmatch("[0-9]+", cells[place]) is not None
