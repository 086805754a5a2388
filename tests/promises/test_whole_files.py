"""A file is written whole or not at all, by every writer of the package.

A limit on the size of files stands in for a disk that is full: the system refuses the
bytes in the middle of the file. The same limit can kill a process there.
"""

import ast
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import bayes_l2
from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    compare,
    exercises,
    likelihoods,
    priors,
)
from bayes_l2.course.exercises.assignment import write_assignment
from tests.promises.commands import COMMANDS, status_of, write_inputs

ROOT = Path(bayes_l2.__file__).parent
MOST_BYTES = 100
EXACT = "compare data.csv --target y --prior-sd 1 --noise-sd 1 --routes exact"
MODEL = LinearModel(
    np.eye(3),
    np.arange(3.0),
    likelihood=likelihoods.Normal(1.0),
    prior=priors.Normal(1.0),
)


def command(words: str) -> Callable[[Path], None]:
    """Return the use of a command, which raises an error where it is refused."""

    def use(path: Path) -> None:
        status = status_of(words)
        if status == 130:
            raise KeyboardInterrupt
        if status == 2:
            raise ValueError("cannot write")

    return use


# the module that writes, the file, and its writing; the working folder has the inputs
WRITERS: list[tuple[str, str, Callable[[Path], object]]] = [
    (
        "model/statistics/storage.py",
        "statistics.npz",
        SufficientStatistics.from_rows(np.eye(3), np.arange(3.0)).save,
    ),
    ("comparison/storage/file.py", "kept.nc", compare(MODEL, routes=["exact"]).save),
    (
        "comparison/document/write.py",
        "report.md",
        compare(MODEL, routes=["exact"]).to_markdown,
    ),
    (
        "course/exercises/export/files.py",
        "quiz.xml",
        lambda path: exercises.export(path, ["r-hat"], format="moodle", seeds=2),
    ),
    (
        "course/exercises/assignment.py",
        "homework.ipynb",
        lambda path: write_assignment(["r-hat"], path),
    ),
    ("cli/outputs.py", "figure.svg", command(f"{EXACT} --plot figure.svg")),
    (
        "cli/outputs.py",
        "predicted.csv",
        command(f"{EXACT} --predict new.csv --output predicted.csv"),
    ),
    (
        "cli/course/exercises/results.py",
        "grades.csv",
        command("exercises grade class.json --output grades.csv"),
    ),
    (
        "cli/course/equivalences.py",
        "kernel-ridge.png",
        command(COMMANDS["equivalences"]),
    ),
    ("cli/course/explore.py", "explorer.html", command(COMMANDS["explore"])),
]
NEW_ONLY = "homework.ipynb"  # a notebook that is there is never replaced
WRITES = {"savez", "savefig", "to_csv", "to_parquet", "write"}
WRITES |= {"write_bytes", "write_text", "NamedTemporaryFile"}
# their targets are memory, standard output, or writers that are listed here
IN_MEMORY = {"written", "drawn", "stream", "outputs", "results"}


def calls_of(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the name of each call, its first words, and whether it is in a draft."""

    def visit(node: ast.AST, in_draft: bool) -> Iterator[tuple[str, str, bool]]:
        if isinstance(node, ast.With):
            in_draft |= "draft_of(" in " ".join(map(ast.unparse, node.items))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, ast.unparse(node), in_draft
        for child in ast.iter_child_nodes(node):
            yield from visit(child, in_draft)

    return visit(ast.parse(path.read_text(encoding="utf-8")), False)


def is_outside(name: str, call: str) -> bool:
    """Return whether a call may write to a file."""
    if name == "open":
        return any(mode in call for mode in ("'w", "'a", "'x", "+'")) and (
            "os.devnull" not in call
        )
    return name in WRITES and not any(each in call for each in IN_MEMORY)


def test_every_writer_makes_a_draft_first_and_is_tested_here() -> None:
    writing, outside = set(), []
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith("conventions/proofs/") or place == "files.py":
            continue
        if "draft_of(" in path.read_text(encoding="utf-8"):
            writing.add(place)
        for name, call, in_draft in calls_of(path):
            if not in_draft and is_outside(name, call):
                outside.append((place, call))
    assert writing == {place for place, _, _ in WRITERS}
    assert outside == []


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def interrupt() -> Iterator[None]:
    """Let Ctrl-C come when the draft is to become the file."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        yield


def contents(folder: Path) -> dict[str, bytes]:
    return {
        each.name: each.read_bytes() if each.is_file() else b"a folder"
        for each in folder.iterdir()
    }


@pytest.mark.parametrize(
    ("name", "write"), [each[1:] for each in WRITERS], ids=[e[1] for e in WRITERS]
)
def test_a_file_is_the_old_one_or_the_new_one(
    name: str,
    write: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    write(path)
    assert path.stat().st_size > MOST_BYTES  # so the limit is in the middle of it
    path.unlink()
    for old in (None, b"as before"):
        if old is not None and name == NEW_ONLY:
            continue
        if old is not None:
            path.write_bytes(old)
        before = contents(tmp_path)
        with full_disk(), pytest.raises(ValueError, match="cannot write"):
            write(path)
        assert contents(tmp_path) == before
        with interrupt(), pytest.raises(KeyboardInterrupt):
            write(path)
        assert contents(tmp_path) == before


KILLED = f"""
import resource, signal, sys
from bayes_l2 import SufficientStatistics
statistics = SufficientStatistics.from_rows([[1.0], [2.0], [4.0]], [1.0, 2.0, 3.0])
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, ({MOST_BYTES}, {MOST_BYTES}))
statistics.save(sys.argv[1])
"""


def test_a_process_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    """Its draft stays in a folder beside the file: no one was left to remove it."""
    path = tmp_path / "statistics.npz"
    path.write_bytes(b"as before")
    command = [sys.executable, "-B", "-c", KILLED, str(path)]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGXFSZ
    assert path.read_bytes() == b"as before"
    (left,) = set(tmp_path.iterdir()) - {path}
    assert [each.name for each in left.iterdir()] == ["draft"]
    assert (left / "draft").stat().st_size == MOST_BYTES
