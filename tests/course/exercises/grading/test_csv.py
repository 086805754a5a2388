"""CSV files as learning systems export them: forms, marks, encodings, logins."""

import csv
import io
from pathlib import Path

import pytest

from bayes_l2.course.exercises import EXERCISES, Grade, find, grade_file, question
from bayes_l2.course.exercises.grading.headings import exercise_in

NAMES = FIRST, SECOND = "penalty-from-prior", "shrinkage-factor"


def right(name: str, seed: int) -> float:
    """Return the right answer by its formula."""
    given = find(name).numbers(seed)
    if name == FIRST:
        return given["noise_sd"] ** 2 / given["prior_sd"] ** 2
    d, penalty = given["d"], given["penalty"]
    return d**2 / (d**2 + penalty)


def text(name: str, seed: int, mark: str = ".") -> str:
    return f"{right(name, seed):.3g}".replace(".", mark)


def table(rows: list[list[str]], sep: str = ",") -> str:
    found = io.StringIO()
    csv.writer(found, delimiter=sep, lineterminator="\n").writerows(rows)
    return found.getvalue()


def graded(folder: Path, content: str | bytes, **options: object) -> list[Grade]:
    path = folder / "class.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return grade_file(path, **options)  # type: ignore[arg-type]


def counts(grades: list[Grade]) -> dict[str, tuple[int, int, int]]:
    """Return the numbers of right answers, of answers and of blanks by student."""
    return {
        each.student: (each.right, each.answers, len(each.blank)) for each in grades
    }


def canvas(first: str, second: str) -> str:
    header = ["name", "id", "sis_id", "section", "section_id", "section_sis_id"]
    header += ["submitted", "attempt", first, "1.0", second, "1.0"]
    header += ["n correct", "n incorrect", "score"]
    rows = [header]
    for name, student in (("Ada", "17"), ("Bo", "23")):
        seed = int(student)
        when = ["A", "5", "", "2026-11-09 10:31:00 UTC", "1"]
        rows.append([name, "9901", student, *when, text(FIRST, seed), "0.0"])
        rows[-1] += [text(SECOND, seed) if name == "Ada" else "", "0.0", "0", "2", "0"]
    return table(rows)


@pytest.mark.parametrize("seed", [0, 3])
def test_canvas_names_an_exercise_or_asks_it(tmp_path: Path, seed: int) -> None:
    asked = [f"10{i}: {question(name, seed=seed)}" for i, name in enumerate(NAMES)]
    for heads in (asked, [f"101: {FIRST}", f"102: {SECOND} (1 point)"]):
        found = counts(graded(tmp_path, canvas(*heads)))
        assert found == {"17": (2, 2, 0), "23": (1, 1, 1)}


def test_every_question_is_known_by_its_words() -> None:
    for name in EXERCISES:
        for seed in (0, 8, 10**7):
            assert exercise_in(question(name, seed=seed)) == name
            assert exercise_in(find(name).question(seed).replace("-", "\u2212")) == name
        for heading in (name, name.upper(), name.replace("-", "_"), f"Q1: {name} [2]"):
            assert exercise_in(heading) == name
    for heading in ("Grade/10.00", "1.0", "the posterior mean", "score", "r"):
        assert exercise_in(heading) is None


def test_brightspace_has_a_line_for_each_answer(tmp_path: Path) -> None:
    header = ["Org Defined ID", "Username", "FirstName", "LastName", "Attempt #"]
    header += ["Q #", "Q Type", "Q Title", "Q Text", "Answer", "Answer Match", "Score"]
    rows = [header]
    for seed in (17, 23):
        for name in NAMES:
            asked = ["1", "SA", name, question(name, seed=seed)]
            rows.append(
                [str(seed), "x", "A", "B", "1", *asked, text(name, seed), "", "0"]
            )
    assert counts(graded(tmp_path, table(rows))) == {"17": (2, 2, 0), "23": (2, 2, 0)}


def test_a_form_has_questions_for_names_and_logins_in_addresses(tmp_path: Path) -> None:
    asked = [question(name, seed=0) for name in NAMES]
    rows = [["Timestamp", "Email Address", *asked]]
    rows.append(["1/2/2026", "ab17@x24.example", *(text(name, 17) for name in NAMES)])
    assert counts(graded(tmp_path, table(rows))) == {"ab17@x24.example": (2, 2, 0)}


def test_moodle_with_the_column_of_questions(tmp_path: Path) -> None:
    header = ["Last name", "First name", "ID number", "Email address", "Status"]
    rows = [[*header, "Question 1", "Response 1", "Question 2", "Response 2"]]
    for seed in (17, 23):
        row = ["L", "F", "", f"s{seed}@u.example", "Finished"]
        for name in NAMES:
            row += [question(name, seed=seed), text(name, seed, ",")]
        rows.append(row)
    found = counts(graded(tmp_path, table(rows)))
    assert found == {"s17@u.example": (2, 2, 0), "s23@u.example": (2, 2, 0)}


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
)
def test_separators_decimal_marks_and_encodings(
    tmp_path: Path, sep: str, mark: str, encoding: str
) -> None:
    rows = [["Login", "Exercise", "Answer"]]
    rows += [[f"ab{s}", name, text(name, s, mark)] for s in (17, 23) for name in NAMES]
    found = graded(tmp_path, table(rows, sep).encode(encoding))
    assert counts(found) == {"ab17": (2, 2, 0), "ab23": (2, 2, 0)}


def test_latin_1_is_read_with_a_word(tmp_path: Path) -> None:
    content = f"student,seed,{FIRST}\nZo\u00eb,17,{text(FIRST, 17)}\n"
    with pytest.warns(UserWarning, match="read as Latin-1"):
        found = graded(tmp_path, content.encode("latin-1"))
    assert counts(found) == {"Zo\u00eb": (1, 1, 0)}
    found = graded(tmp_path, content.encode("latin-1"), encoding="latin-1")
    assert counts(found) == {"Zo\u00eb": (1, 1, 0)}


def test_a_line_of_excel_and_ends_of_lines_of_windows(tmp_path: Path) -> None:
    answer = text(FIRST, 17, ",")
    content = f"sep=;\r\nstudent;{FIRST}\r\n0017;{answer}\r\n;\r\n\r\n"
    assert counts(graded(tmp_path, content)) == {"0017": (1, 1, 0)}


def test_seeds_of_a_file_and_who_missed(tmp_path: Path) -> None:
    content = f"student;{FIRST}\nAda;{text(FIRST, 17)}\nBo;{text(FIRST, 23)}\nCy;1\n"
    for seeds in (
        "student,seed\nADA ,17\nBo,23\nDee,5\n",
        "Ada;17\nBo;23\nDee;5\n",
        "seed,name,login\n17,x,Ada\n23,y,Bo\n5,z,Dee\n",
    ):
        (tmp_path / "seeds.csv").write_text(seeds)
        grades = graded(tmp_path, content, seeds=tmp_path / "seeds.csv")
        assert counts(grades) == {
            "Ada": (1, 1, 0),
            "Bo": (1, 1, 0),
            "Cy": (0, 1, 0),
            "Dee": (0, 0, 0),
        }
        assert [each.is_missing for each in grades] == [False, False, False, True]
        assert "Cy" not in seeds
        (problem,) = grades[2].problems
        assert problem.startswith("is not in ")


def test_a_column_of_seeds_and_the_column_of_students(tmp_path: Path) -> None:
    content = f"Student,Team,Seed,{FIRST}\n8,Ada,17,{text(FIRST, 17)}\n"
    assert counts(graded(tmp_path, content)) == {"8": (1, 1, 0)}
    assert counts(graded(tmp_path, content, student="team")) == {"Ada": (1, 1, 0)}


def test_a_name_that_is_almost_an_exercise_is_not_passed_over(tmp_path: Path) -> None:
    content = f"student,penalty-from-prio,{SECOND}\n17,1,{text(SECOND, 17)}\n"
    with pytest.warns(UserWarning, match="not read; did you mean penalty-from-prior"):
        assert counts(graded(tmp_path, content)) == {"17": (1, 1, 0)}
