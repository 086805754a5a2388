"""What else can be said of an answer that is not right, each as a fact.

It may be right in percent, right but for a percent sign, or right for seed 0, which
is the seed of examples.
"""

from bayes_l2.course.exercises.catalogue import check
from bayes_l2.course.exercises.exercise import Verdict

EXAMPLE_SEED = 0


def remark_on(verdict: Verdict, answer: float, seed: int) -> str | None:
    """Return a sentence on an answer without a known misconception, or None."""
    if verdict.correct or verdict.misconception is not None:
        return None
    name = verdict.exercise
    if abs(answer) <= 100 and check(name, answer / 100, seed=seed).correct:
        share = f"{answer / 100:g}"
        return f"right if it is meant in percent: write {answer:g} % or {share}"
    if check(name, 100 * answer, seed=seed).correct:
        return f"right without the percent sign: write {100 * answer:g}"
    if seed != EXAMPLE_SEED and check(name, answer, seed=EXAMPLE_SEED).correct:
        return f"right for seed {EXAMPLE_SEED}, not for seed {seed}"
    return None
