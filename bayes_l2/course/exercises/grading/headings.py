"""What a heading says: the student, an exercise, an answer, a seed.

The names are those of the exports of Moodle ("Responses"), Canvas ("Student Analysis"),
Brightspace ("Attempt Details") and Google Forms.
"""

import re
from difflib import get_close_matches
from functools import cache

from bayes_l2.course.exercises.catalogue import EXERCISES

# the first of these that is there and is not empty holds the student
STUDENT_NAMES = (
    *("student", "student number", "student id", "studentid", "matriculation number"),
    *(
        "matrikelnummer",
        "matriculation",
        "id number",
        "idnumber",
        "sis id",
        "org defined id",
    ),
    *("sis user id", "sis login id", "login", "login id", "username", "user name"),
    *("anmeldename", "benutzername", "user", "user id", "email address"),
    *("e mail address", "email", "e mail", "e mail adresse", "id", "name"),
)
SEED_NAMES = ("seed", "seed of the numbers")
EXERCISE_NAMES = (
    "exercise",
    "q title",
    "question",
    "task",
    "item",
    "problem",
    "q text",
)
ANSWER_NAMES = ("answer", "response", "student answer", "value")


def plain(name: str) -> str:
    """Return a name in lower case, with single spaces and no marks at the ends."""
    return " ".join(re.sub(r"[_.\s-]+", " ", name.casefold()).split()).strip(" :*")


def exercise_in(text: str) -> str | None:
    """Return the exercise that a text names or asks, or None.

    The text is a name, which may stand between "Q1:" and "[2 points]", or it is the
    question with any numbers.
    """
    label = r"(?:(?:[a-z]+[ .]*)?[0-9]+ *[:.)-] *)?"
    named = re.fullmatch(
        rf"{label}([a-z][a-z_ -]*?) *(?:[(\[].*)?", text.strip().casefold()
    )
    if named is not None:
        found = _names().get(plain(named[1]))
        if found is not None:
            return found
    squeezed = _squeezed(re.sub(r"^[0-9]+: ", "", text))
    for name, pattern in _questions().items():
        if pattern.match(squeezed):
            return name
    return None


@cache
def _names() -> dict[str, str]:
    """Return the names of all exercises, by their plain form."""
    return {plain(name): name for name in EXERCISES}


@cache
def _questions() -> dict[str, re.Pattern[str]]:
    """Return patterns of the questions, with any numbers."""
    patterns = {}
    for name, exercise in EXERCISES.items():
        parts = re.split(r"\{[A-Za-z_]+\}", exercise.prompt)
        texts = [re.escape(_squeezed(part)) for part in parts]
        patterns[name] = re.compile("[-+0-9.,e]{1,200}".join(texts))
    return patterns


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\u2212", "-")


def near_to(text: str) -> str | None:
    """Return the exercise whose name is almost a text, or None."""
    near = get_close_matches(plain(text).replace(" ", "-")[:80], EXERCISES, 1, 0.8)
    return near[0] if near else None
