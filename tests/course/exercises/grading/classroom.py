"""A class of 12 made-up students with typical errors, as two systems export it.

``python -m tests.course.exercises.grading.classroom FOLDER`` writes the files.
"""

import csv
import io
import sys
from pathlib import Path

from bayes_l2.course.exercises import find

ASKED = ("penalty-from-prior", "shrinkage-factor", "posterior-sd")
HALF = "you dropped the ½ of the Gaussian likelihood"
SDS = "you put sds where variances belong"
REMOVED = "you gave the share that is removed, not the share that is left"
VARIANCE = "you gave the variance, not the sd"
NAMES = {  # the numbers are the seeds
    4471102: ("Abara", "Ngozi"),
    4471288: ("Bianchi", "Luca"),
    4471530: ("Chen", "Yue"),
    4471617: ("Dumont", "Élise"),
    4471904: ("Eriksen", "Maja"),
    4472055: ("Fischer", "Jonas"),
    4472311: ("García", "Inés"),
    4472390: ("Haddad", "Omar"),
    4472648: ("Ivanova", "Daria"),
    4472873: ("Jansen, van der", "Bram"),
    4473006: ("Kaya", "Deniz"),
    4473152: ("Lopez", "Ana"),
}
ABSENT = 4473152


def right(name: str, seed: int) -> float:
    """Return the right answer."""
    exercise = find(name)
    return exercise.answer(**exercise.numbers(seed))


def wrong(name: str, seed: int, words: str) -> float:
    """Return the answer that a misconception gives."""
    exercise = find(name)
    return float(exercise.misconceptions(**exercise.numbers(seed))[words])


def three(value: float) -> str:
    """Return a number with three digits."""
    return f"{value:.3g}"


def comma(value: float) -> str:
    """Return a number with three digits and a decimal comma."""
    return three(value).replace(".", ",")


def answers() -> dict[int, list[str]]:
    """Return what each student wrote, in the order of the exercises."""
    penalty, factor, sd = ASKED
    found = {seed: [three(right(name, seed)) for name in ASKED] for seed in NAMES}
    found[4471288] = [comma(right(name, 4471288)) for name in ASKED]
    for seed in (4471530, 4471617, 4471904, 4472873):
        found[seed][0] = three(wrong(penalty, seed, HALF))
    found[4471617][1] = f"{100 * right(factor, 4471617):.3g} %"
    found[4471904][1] = comma(wrong(factor, 4471904, REMOVED))
    found[4472055] = [
        three(wrong(penalty, 4472055, SDS)),
        three(wrong(factor, 4472055, REMOVED)),
        "-",
    ]
    found[4472311] = [three(right(name, 0)) for name in ASKED]
    found[4472390][0] = three(right(penalty, 4471102))
    found[4472390][2] = three(wrong(sd, 4472390, VARIANCE))
    found[4472648][2] = "about 2"
    found[4472873][2] = "1,234"
    found[4473006][1] = f"{100 * right(factor, 4473006):.3g}"
    found[ABSENT] = ["-"] * len(ASKED)
    return found


def moodle() -> str:
    """Return a wide CSV: the report "Responses" of a quiz in Moodle."""
    header = ["Surname", "First name", "ID number", "Email address", "State"]
    header += ["Started on", "Completed", "Time taken", "Grade/3.00"]
    header += [f"Response {place + 1}" for place in range(len(ASKED))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for seed, written in answers().items():
        state = ["-"] * 5 if seed == ABSENT else ["Finished", *TIMES, "0.00"]
        mail = f"{NAMES[seed][1][0].lower()}.{seed}@students.example"
        writer.writerow([*NAMES[seed], str(seed), mail, *state, *written])
    writer.writerow(["Overall average", *[""] * 7, "0.00", *["-"] * len(ASKED)])
    return text.getvalue()


TIMES = ("9 November 2026  10:02 AM", "9 November 2026  10:31 AM", "29 mins")


def login(seed: int) -> str:
    """Return a login with the student number in it."""
    surname, first = NAMES[seed]
    return f"{first[0]}{surname[0]}{seed}".lower().replace("é", "e")


def long() -> str:
    """Return a long CSV with semicolons and decimal commas."""
    lines = ["Login;Exercise;Answer"]
    for seed, written in answers().items():
        lines += [
            f"{login(seed)};{name};{each.replace('.', ',')}"
            for name, each in zip(ASKED, written, strict=True)
            if each != "-"
        ]
    return "\n".join(lines) + "\n"


def seeds() -> str:
    """Return the list of the class: logins and seeds."""
    return "student,seed\n" + "".join(f"{login(seed)},{seed}\n" for seed in NAMES)


FILES = {"moodle.csv": moodle, "long.csv": long, "seeds.csv": seeds}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_text(make(), encoding="utf-8")
