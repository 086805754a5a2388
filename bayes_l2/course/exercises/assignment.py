"""A notebook of exercises for nbgrader.

The student fills in the student number and the answers. All other cells are locked.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_l2.course.exercises.catalogue import find
from bayes_l2.files import draft_of
from bayes_l2.texts import end_of, listed, shown

if TYPE_CHECKING:
    from nbformat import NotebookNode

INTRODUCTION = """# Exercises

Replace the dots in `student = ...` by your student number, without zeros in front.
Your numbers come from it. Replace the dots below each question by your answer.
Three digits are enough. Remove the lines that raise an error. Click on a hint to read
it. The cell below each answer says whether it is right. If it is not, the cell says
which mistake you may have made."""
SEED = """student = ...
### BEGIN SOLUTION
student = 0
### END SOLUTION"""
ANSWER = """{variable} = ...
### BEGIN SOLUTION
own_numbers = exercises.numbers("{name}", seed=student)
{variable} = exercises.find("{name}").answer(**own_numbers)
### END SOLUTION"""
CHECK = """assert {variable} is not ..., "not answered"
verdict = exercises.check("{name}", {variable}, seed=student)
assert verdict.correct, verdict.message"""


def assignment(names: Sequence[str]) -> "NotebookNode":
    """Return a notebook of exercises for nbgrader's source folder.

    Parameters
    ----------
    names : sequence of str
        Names of exercises, in order; each is worth one point.

    Returns
    -------
    nbformat.NotebookNode
        In format 4.5. It holds the solutions, between the marks at which nbgrader
        removes them.

    Raises
    ------
    ValueError
        If a name is unknown or stands twice, if there are no names, or if the package
        nbformat is missing.
    """
    if isinstance(names, str) or not isinstance(names, Sequence) or not names:
        raise ValueError(f"names must be a list of exercises, got {shown(names)}")
    for name in names:
        find(name)
    if len(set(names)) < len(names):
        raise ValueError(f"each exercise must be given once, got {listed(names)}")
    try:
        import nbformat
        from nbformat import v4
    except ModuleNotFoundError:
        raise ValueError(
            "an assignment needs the package nbformat, which nbgrader and Jupyter "
            "install too: pip install nbformat"
        ) from None
    code, text = v4.new_code_cell, v4.new_markdown_cell
    cells = [
        text(INTRODUCTION, **_marks("introduction", locked=True)),
        code("from bayes_l2 import exercises", **_marks("package", locked=True)),
        code(SEED, **_marks("student", solution=True)),
    ]
    for name in names:
        hints = _folded(find(name).hints)
        words = {"name": name, "variable": f"answer_{name.replace('-', '_')}"}
        question = f'print(exercises.question("{name}", seed=student))'
        graded = _marks(f"{name}-check", locked=True, grade=True)
        cells += [
            code(question, **_marks(f"{name}-question", locked=True)),
            text(hints, **_marks(f"{name}-hints", locked=True)),
            code(ANSWER.format(**words), **_marks(f"{name}-answer", solution=True)),
            code(CHECK.format(**words), **graded),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.validate(notebook)
    return notebook


def write_assignment(names: Sequence[str], path: str | Path) -> None:
    """Write a notebook of exercises to a new file, whole or not at all.

    Parameters
    ----------
    names : sequence of str
        Names of exercises, in order.
    path : str or Path
        A file that does not exist, with a name in .ipynb, in a folder that does.

    Raises
    ------
    ValueError
        As ``assignment``, or if the path is not valid.
    """
    notebook = assignment(names)
    path = Path(path)
    if path.suffix != ".ipynb":
        raise ValueError(f"a notebook's name must end in .ipynb, got {end_of(path)!r}")
    if path.exists() or path.is_symlink():
        raise ValueError(
            f"{end_of(path)} exists already: give another name, or remove it first"
        )
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {end_of(path.parent)}")
    import nbformat

    with draft_of(path) as draft:
        draft.write_text(nbformat.writes(notebook), encoding="utf-8", newline="\n")


def _folded(hints: Sequence[str]) -> str:
    """Return hints as HTML that shows them, one by one, when they are clicked on."""
    return "\n".join(
        f"<details><summary>Hint {number}</summary>{escape(hint)}</details>"
        for number, hint in enumerate(hints, start=1)
    )


def _marks(name: str, **flags: bool) -> dict[str, Any]:
    """Return the id and the nbgrader metadata of a cell."""
    marks: dict[str, Any] = {"grade_id": name, "schema_version": 3, "task": False}
    marks |= {flag: flags.get(flag, False) for flag in ("grade", "locked", "solution")}
    if marks["grade"]:
        marks["points"] = 1
    return {"id": name, "metadata": {"nbgrader": marks}}
