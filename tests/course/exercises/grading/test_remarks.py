"""Facts on wrong answers, and the chance of a match with another student."""

from pathlib import Path

import numpy as np
import pytest

from bayes_l2.course.exercises import find, grade_file


def rights(name: str, seeds: range) -> np.ndarray:
    exercise = find(name)
    return np.array([exercise.answer(**exercise.numbers(seed)) for seed in seeds])


@pytest.mark.parametrize("n_students", [3, 12])
def test_the_chance_of_a_match_is_that_of_classes_drawn_anew(
    tmp_path: Path, n_students: int
) -> None:
    # the last student hands in the right answer of the first
    name, seeds = "penalty-from-prior", range(5000, 5000 + n_students)
    answers = rights(name, seeds)
    answers[-1] = answers[0]
    rows = [
        f"{seed},{answer!r}"
        for seed, answer in zip(seeds, answers.tolist(), strict=True)
    ]
    (tmp_path / "a.csv").write_text(f"student,{name}\n" + "\n".join(rows))
    last = grade_file(tmp_path / "a.csv")[-1]
    kind, words = last.remarks[name].kind, last.remarks[name].words
    assert kind == "right for the numbers of another student"
    assert words.startswith("right for the numbers of 5000")
    assert "; chance of such a match: " in words
    stated = float(words.split()[-2]) / 100
    # 400 classes of other seeds, in each of which somebody may have this answer
    drawn = rights(name, range(400 * (n_students - 1))).reshape(400, -1)
    share = (np.abs(drawn - answers[0]) <= 5e-3 * drawn).any(axis=1).mean()
    error = np.sqrt(stated * (1 - stated) / 400)
    assert abs(share - stated) < 6 * error + 0.005  # 0.005: rounded to a percent


def test_a_match_that_chance_often_gives_is_not_mentioned(tmp_path: Path) -> None:
    # R-hat is between 1 and 1.3: two students have the same in 7 % of pairs
    seeds = range(5000, 5040)
    answers = rights("r-hat", seeds)
    answers[-1] = answers[0]
    rows = [
        f"{seed},{answer!r}"
        for seed, answer in zip(seeds, answers.tolist(), strict=True)
    ]
    (tmp_path / "a.csv").write_text("student,r-hat\n" + "\n".join(rows))
    last = grade_file(tmp_path / "a.csv")[-1]
    assert not last.verdicts["r-hat"].correct
    assert last.verdicts["r-hat"].misconception is None
    assert not last.remarks


def test_students_of_one_seed_share_their_answers(tmp_path: Path) -> None:
    answer = rights("penalty-from-prior", range(17, 18))[0]
    rows = f"ab17,{answer}\ncd17,{answer}\nef18,{answer}\n"
    (tmp_path / "a.csv").write_text("student,penalty-from-prior\n" + rows)
    found = grade_file(tmp_path / "a.csv")
    assert [each.right for each in found] == [1, 1, 0]
    assert [len(each.remarks) for each in found] == [0, 0, 1]
    assert "of ab17, cd17;" in found[2].remarks["penalty-from-prior"].words
