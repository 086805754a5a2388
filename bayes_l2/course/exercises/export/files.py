"""Write the questions of exercises to a file, for a learning system."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.course.exercises.catalogue import EXERCISES, find
from bayes_l2.course.exercises.export.gift import gift
from bayes_l2.course.exercises.export.moodle import moodle
from bayes_l2.course.exercises.export.prairielearn import prairielearn
from bayes_l2.course.exercises.export.qti import qti
from bayes_l2.course.exercises.export.question import Question, questions
from bayes_l2.files import draft_of
from bayes_l2.kinds import shape_of
from bayes_l2.texts import end_of, listed, shown

Sets = Mapping[str, Sequence[Question]]
MOST_SEEDS = 1000
# what makes the file, and the endings of its name
FORMATS: dict[str, tuple[Callable[[Sets], bytes], tuple[str, ...]]] = {
    "moodle": (moodle, (".xml",)),
    "qti": (qti, (".zip",)),
    "gift": (gift, (".txt", ".gift")),
    "prairielearn": (prairielearn, (".zip",)),
}


def export(
    path: str | Path,
    names: Sequence[str] | None = None,
    *,
    format: str,
    seeds: int | Sequence[int] = 100,
) -> int:
    """Write exercises as questions of a learning system, whole or not at all.

    There is a question for each exercise and each seed. A learning system draws one
    for each student from the questions of an exercise. Its verdict on a number is that
    of ``check``.

    Parameters
    ----------
    path : str or Path
        The file. One that is there is replaced.
    names : sequence of str, optional
        Names of exercises, in order. The default is all of them.
    format : {"moodle", "qti", "gift", "prairielearn"}
        ``"moodle"`` is Moodle XML, in a file .xml: a category for each exercise, and
        each known mistake as an answer with its feedback. ``"gift"`` is the same as
        text, in a file .txt or .gift. ``"qti"`` is a zip file of QTI 1.2 for Canvas: a
        quiz that draws a question from a group for each exercise, with the known
        mistakes in the feedback. ``"prairielearn"`` is a zip file with a folder for
        each exercise.
    seeds : int or sequence of int, default 100
        Seeds of the numbers. A whole number n stands for 0 to n - 1.

    Returns
    -------
    int
        The number of questions.

    Raises
    ------
    ValueError
        If the format, a name or a seed is not valid, if a name or a seed stands twice,
        or if the file cannot be written.

    References
    ----------
    IMS Global Learning Consortium (2002), "IMS Question & Test Interoperability: ASI
    XML binding specification", version 1.2.
    """
    return write(arguments.path(path), names, format=format, seeds=seeds)


def write(
    path: Path,
    names: object,
    *,
    format: str,
    seeds: object,
    name: str = "path",
    watched: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> int:
    """Do the work of ``export``, with the argument's name for messages.

    ``watched`` passes the names of the exercises on, and may show the progress.
    """
    validation.one_of(format, tuple(FORMATS), "format")
    content_of, endings = FORMATS[format]
    if path.suffix.lower() not in endings:
        raise ValueError(
            f"{name} must end in {' or '.join(endings)} for the format {format}; got "
            f"{end_of(path)!r}"
        )
    if not path.parent.is_dir():
        raise ValueError(f"{name}: there is no folder {end_of(path.parent)!r}")
    chosen, drawn = _names(names), _seeds(seeds)
    with draft_of(path, name) as draft:
        sets = {each: questions(each, drawn) for each in watched(chosen)}
        draft.write_bytes(content_of(sets))
    return len(chosen) * len(drawn)


def _names(names: object) -> list[str]:
    if names is None:
        return list(EXERCISES)
    wanted = arguments.words(names, "names", "a list of exercises")
    chosen = [find(each).name for each in wanted]  # pyright: ignore[reportArgumentType]
    twice = validation.repeated(chosen)
    if twice:
        raise ValueError(f"each name must be given once, got {listed(twice)} twice")
    return chosen


def _seeds(seeds: object) -> Sequence[int]:
    if not isinstance(seeds, list | tuple | range | np.ndarray) or not shape_of(seeds):
        return range(validation.natural_number(seeds, "seeds", at_most=MOST_SEEDS))
    if not 1 <= len(seeds) <= MOST_SEEDS:
        raise ValueError(f"seeds must be 1 to {MOST_SEEDS} numbers, got {len(seeds)}")
    drawn = [validation.natural_number(each, "seeds", at_least=0) for each in seeds]
    if len(set(drawn)) < len(drawn):
        raise ValueError(f"each seed must be given once, got {shown(drawn)}")
    return drawn
