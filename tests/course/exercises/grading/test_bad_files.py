"""Files and cells that cannot be graded: one line each, and no other student pays."""

from pathlib import Path
from typing import Any

import pytest

from bayes_l2.course.exercises import find, grade_file

NAME = "penalty-from-prior"
GIVEN = find(NAME).numbers(17)
RIGHT = f"{GIVEN['noise_sd'] ** 2 / GIVEN['prior_sd'] ** 2:.3g}"
WIDE = f"student;{NAME}\n"
LONG = "student;exercise;answer\n"
NUMBERED = "student;Response 1;Response 2\n17;1;2\n"


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("", {}, "is empty"),
        ("\n ; \n", {}, "is empty"),
        (WIDE, {}, "no line of answers"),
        (f"17;{RIGHT}\n18;1\n", {}, "no column is known to hold the student"),
        (f"pupil;{NAME}\n17;1\n", {}, "name it by --student COLUMN"),
        (WIDE + "17;1\n", {"student": "Login"}, "no column 'Login'; the columns are"),
        (f"id;id;{NAME}\n1;2;3\n", {"student": "ID"}, "several columns with the name"),
        (f"student;student;{NAME}\n17;18;1\n", {}, "several columns 'student'"),
        (f"student;seed;seed;{NAME}\n17;1;2;1\n", {}, "several columns 'seed'"),
        ("student;points\n17;1\n", {}, "neither the columns exercise and answer nor"),
        ("student;r-hta\n17;1\n", {}, "did you mean r-hat by 'r-hta'?"),
        (f"student;{NAME};Q2: {NAME}\n17;1;1\n", {}, "are both penalty-from-prior"),
        (NUMBERED, {}, "Response 1, Response 2: these columns do not say their"),
        (NUMBERED, {"exercises": [NAME]}, "--exercises names 1, and "),
        (NUMBERED, {"exercises": ["r-hit", NAME]}, "did you mean r-hat?"),
        (NUMBERED, {"exercises": [NAME, NAME]}, "each must be given once"),
        (WIDE + "17;1\n", {"exercises": [NAME]}, "has 0 numbered columns"),
        (f'student,"{NAME}\n17,1\n', {}, "line 1: a quote is not closed"),
        (b"PK\x03\x04\x00\x00", {}, "is a spreadsheet or another archive: save it as"),
        (b"\xd0\xcf\x11\xe0\x00\x01", {}, "is not a text file"),
        (b"student\xff;\xc3\xa9\xc3\xa9\xc3\xa9", {}, "is not UTF-8"),
        (b"\xff\xfes", {}, "not a text in utf-16"),
        (WIDE + "17;1\n", {"encoding": "utf-99"}, "utf-99"),
        (WIDE + "17;1\n", {"decimal": "dot"}, "decimal must be"),
        (WIDE + "17;1\n", {"seeds": "nowhere.csv"}, "cannot read nowhere.csv"),
        ('{"17": {}}', {"student": "Login"}, "--student and --exercises are for a CSV"),
        ("{", {}, "not JSON"),
    ],
)
def test_a_file_that_is_no_class_is_one_line(
    tmp_path: Path, content: str | bytes, options: dict[str, Any], words: str
) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as error:
        grade_file(path, **options)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("header", "row", "student", "words"),
    [
        (WIDE, "18;1/3", "18", "'1/3' is a fraction: write a decimal number"),
        (WIDE, "18;1,234", "18", "'1,234' could be 1234 or 1.234: write 1234 or 1.234"),
        (WIDE, "18;about 3", "18", "no number: 'about 3'"),
        (WIDE, "18;=8^2/3^2", "18", "no number: '=8^2/3^2'"),
        (WIDE, "18;nan", "18", "no number: 'nan'"),
        (WIDE, "18;#DIV/0!", "18", "no number: '#DIV/0!'"),
        (WIDE, "18;1e999", "18", "too large or too small"),
        (WIDE, '18;"1\n2\n', "18", "a quote is not closed"),
        (WIDE, '18;"1"2', "18", "a quote is not closed, or text follows it"),
        (WIDE, "18;1;5", "18", "3 cells, and 2 columns; put an answer with a decimal"),
        (WIDE, ";1", "line 2", "there is no student"),
        (WIDE, "Ada;1", "Ada", "'Ada' holds no number; give the seeds by --seeds FILE"),
        (WIDE, "a1b2;1", "a1b2", "holds several numbers"),
        (WIDE, f"{'9' * 400};1", "9" * 400, "seed must be a whole number"),
        (WIDE, "18;1\n18;1", "18", "is there more than once: keep one line"),
        (f"student;seed;{NAME}\n", "18;-4;1", "18", "seed must be a whole number"),
        (f"student;seed;{NAME}\n", "18;x;1", "18", "seed must be a whole number"),
        (LONG, "18;r-hit;1", "18", "did you mean r-hat?"),
        (LONG, "18;;1", "18", "line 2: there is no exercise"),
        (LONG, ";r-hat;1", "line 2", "there is no student"),
        (LONG, "18;r-hat;1\n18;R-hat;1\n18;r-hat;2", "18", "'r-hat' is there more"),
        (LONG, "18;r-hat;1;5", "18", "line 2: 4 cells, and 3 columns"),
        (
            "student;exercise;answer;seed\n",
            "18;r-hat;1;5\n18;soft-threshold;1;6",
            "18",
            "several seeds: 5, 6",
        ),
    ],
)
def test_a_row_that_cannot_be_graded_costs_no_other_student_a_result(
    tmp_path: Path, header: str, row: str, student: str, words: str
) -> None:
    good = {
        WIDE: f"17;{RIGHT}",
        LONG: f"17;{NAME};{RIGHT}",
        f"student;seed;{NAME}\n": f"17;17;{RIGHT}",
    }.get(header, f"17;{NAME};{RIGHT};17")
    path = tmp_path / "class.csv"
    for place, content in enumerate((f"{row}\n{good}\n", f"{good}\n{row}\n")):
        path.write_text(header + content)
        found = {grade.student: grade for grade in grade_file(path)}
        assert found["17"].right == 1
        assert not found["17"].problems
        bad = found["line 3" if place and student == "line 2" else student]
        assert not bad.right
        (problem,) = bad.problems
        assert words.split("line 2: ")[-1] in problem
        assert "\n" not in problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("student\nAda\n", "must be a CSV with the columns student and seed"),
        ("student,points\nAda,x\n", "must be a CSV with the columns student and seed"),
        ("student,seed,seed\nAda,1,2\n", "must be a CSV with the columns"),
        ("student,seed\n", "no line of answers"),
        ("student,seed\n,5\n", "no column is known to hold the student"),
    ],
)
def test_a_file_of_seeds_that_is_none(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "class.csv").write_text(WIDE + "17;1\n")
    (tmp_path / "seeds.csv").write_text(content)
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as error:
        grade_file(tmp_path / "class.csv", seeds=tmp_path / "seeds.csv")
    assert words in str(error.value)


def test_a_bad_line_of_seeds_costs_one_student(tmp_path: Path) -> None:
    answers = "".join(f"{name};{RIGHT}\n" for name in ("Ada", "Bo", "Cy", "Dee"))
    (tmp_path / "class.csv").write_text(WIDE + answers)
    seeds = "student,seed\nAda,17\nBo,1.7\nCy,17\nCy,18\nDee,\n"
    (tmp_path / "seeds.csv").write_text(seeds)
    found = grade_file(tmp_path / "class.csv", seeds=tmp_path / "seeds.csv")
    assert [each.right for each in found] == [1, 0, 0, 0]
    problems = [" ".join(each.problems) for each in found]
    assert problems[0] == ""
    assert "line 3: seed must be a whole number of at least 0, got '1.7'" in problems[1]
    assert "is there more than once in" in problems[2]
    assert "line 6: seed must be a whole number of at least 0, got ''" in problems[3]
