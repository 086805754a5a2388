"""Nothing that a file or an answer says is run: it is read as text and numbers.

Each input here is Python that would call a function of this module. An audit hook sees
what the process compiles, runs, unpickles and starts, whichever library does it.
"""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    compare,
    datasets,
    exercises,
    likelihoods,
    load,
    priors,
)
from bayes_l2.cli.main import main
from bayes_l2.cli.problem.terms import PRIORS, scale, typed
from bayes_l2.explorer.columns import Columns
from bayes_l2.explorer.page import explorer_page
from bayes_l2.partitions import NpyPartitions
from tests import audit

HOSTILE = "__import__('tests.promises.test_evaluation').promises.test_evaluation.ran()"
PROGRAMS = ("os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
PROGRAMS += ("pty.spawn", "subprocess.Popen")
runs: list[str] = []


def ran() -> None:
    """Note that a text was run."""
    runs.append("ran")


class Hostile:
    """An object whose pickle calls ``ran``."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return ran, ()


def is_hostile(code: Any) -> bool:
    """Return whether code uses the function that no one may call."""
    if not isinstance(code, CodeType) or code.co_filename == __file__:
        return False
    return "ran" in code.co_names or any(map(is_hostile, code.co_consts))


def is_a_breach(event: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether an event runs a text, makes an object of one, or a process.

    NumPy parses the header of an array file to a syntax tree, and runs no tree.
    """
    if event == "exec":
        return is_hostile(arguments[0])
    if event == "compile":
        source, name = arguments
        source = source.encode() if isinstance(source, str) else source
        is_text = isinstance(source, bytes) and b"test_evaluation" in source
        return is_text and name not in ("<unknown>", b"<unknown>")
    return event == "pickle.find_class" or event in PROGRAMS


def breaches_of(use: Callable[[], object]) -> list[str]:
    """Return what a use has run; its refusals of the input are no breach."""
    seen: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if is_a_breach(event, arguments):
            seen.append(f"{event} {arguments!r}"[:200])

    runs.clear()
    with audit.watched(watch), suppress(ValueError, SystemExit):
        use()
    return seen + runs


@pytest.mark.parametrize(
    "breach",
    [
        lambda: eval(HOSTILE),
        lambda: exec(f"x = {HOSTILE}"),
        lambda: eval(compile(HOSTILE, "<unknown>", "eval")),
        lambda: pickle.loads(pickle.dumps(Hostile())),
        lambda: __import__("os").system("true"),
        lambda: __import__("subprocess").run("true", check=True),
    ],
)
def test_a_breach_is_seen(breach: Callable[[], object]) -> None:
    assert breaches_of(breach) != []


def table(name: str, cell: str) -> str:
    return f'"{name}",b,y\n"{cell}",1,2\n"{cell}",2,3\n3,1,"{cell}"\n4,2,5\n'


def csv(folder: Path) -> object:
    path = folder / "data.csv"
    path.write_text(table(HOSTILE, HOSTILE))
    for target in ("y", HOSTILE):
        for labels in (True, False):
            read = datasets.read_table(path, target, encode=True, labels=labels)
            assert HOSTILE in repr([*read.X.columns, *read.y])
    return None


def parquet(folder: Path) -> object:
    frame = pd.DataFrame({HOSTILE: [HOSTILE, "b"], "y": [1.0, 2.0]})
    frame.to_parquet(folder / "data.parquet")
    return datasets.read_table(folder / "data.parquet", "y", encode=True)


def excel(folder: Path) -> object:
    frame = pd.DataFrame({HOSTILE: [f"={HOSTILE}", "b"], "y": [1.0, 2.0]})
    frame.to_excel(folder / "data.xlsx", index=False)
    return datasets.read_table(folder / "data.xlsx", "y", encode=True)


def array_of_objects(folder: Path) -> object:
    np.save(folder / "rows.npy", np.array([[Hostile()]]), allow_pickle=True)
    return NpyPartitions(folder / "rows.npy", -1)


def header_of_an_array(folder: Path) -> object:
    header = f"{{'descr': {HOSTILE}, 'fortran_order': False, 'shape': (1, 2)}}"
    text = header.encode().ljust(246) + b"\n"
    length = len(text).to_bytes(2, "little")
    (folder / "rows.npy").write_bytes(b"\x93NUMPY\x01\x00" + length + text + bytes(16))
    return NpyPartitions(folder / "rows.npy", -1)


def pickled_table(folder: Path) -> object:
    (folder / "data.csv").write_bytes(pickle.dumps(Hostile()))
    return datasets.read_table(folder / "data.csv", "y")


def statistics(folder: Path) -> object:
    path = folder / "statistics.npz"
    SufficientStatistics.from_rows(np.eye(3), np.arange(3.0)).save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    array = io.BytesIO()
    np.save(array, np.array([Hostile()]), allow_pickle=True)
    for name in members:
        with zipfile.ZipFile(path, "w") as archive:
            for each, content in members.items():
                archive.writestr(each, array.getvalue() if each == name else content)
        with pytest.raises(ValueError, match="cut off or of another kind"):
            SufficientStatistics.load(path)
    return None


def comparison(folder: Path) -> object:
    terms = {"likelihood": likelihoods.Normal(1.0), "prior": priors.Normal(1.0)}
    model = LinearModel(np.eye(3), np.arange(3.0), **terms)
    compare(model, routes=["exact"]).save(folder / "kept.nc")
    with h5py.File(folder / "kept.nc", "r+") as file:
        records: Any = file["comparison/records"]
        text = records.asstr()[()]
        for word in ("likelihoods.Normal", "LinearModel", "record"):
            records[()] = text.replace(f'"{word}"', json.dumps(HOSTILE))
            file.flush()
            with pytest.raises(ValueError, match="damaged"):
                load(folder / "kept.nc")
    return None


def typed_words(folder: Path) -> object:
    for text in (HOSTILE, f"laplace:{HOSTILE}", f"halfnormal:{HOSTILE}"):
        with pytest.raises(ValueError, match="--prior"):
            typed(text, "--prior", PRIORS)
        with pytest.raises(ValueError, match="--prior"):
            scale(text, "--prior-sd")
    return main(["convert", HOSTILE, "--from", HOSTILE, "--to", HOSTILE])


def answers(folder: Path) -> object:
    for answer in (HOSTILE, [HOSTILE], "9**9**9", "0x10"):
        with pytest.raises((ValueError, TypeError), match="answer"):
            exercises.check("r-hat", answer, seed=1)
    return main(["exercises", "check", "r-hat", HOSTILE, "--seed", "1"])


def answers_of_a_class(folder: Path) -> object:
    (folder / "class.json").write_text(json.dumps({HOSTILE: {"r-hat": HOSTILE}}))
    (folder / "class.csv").write_text(f"student,seed,r-hat\n{HOSTILE},1,{HOSTILE}\n")
    found = [
        exercises.grade_file(folder / name) for name in ("class.json", "class.csv")
    ]
    assert [each.student for grades in found for each in grades] == [HOSTILE] * 2
    assert not any(each.verdicts for grades in found for each in grades)
    return None


def page(folder: Path) -> object:
    columns = Columns(
        (HOSTILE,), np.arange(3.0)[:, np.newaxis], HOSTILE, np.arange(3.0)
    )
    return explorer_page(columns, scene=HOSTILE)


@pytest.mark.parametrize(
    "use",
    [
        csv,
        parquet,
        excel,
        array_of_objects,
        header_of_an_array,
        pickled_table,
        statistics,
        comparison,
        typed_words,
        answers,
        answers_of_a_class,
        page,
    ],
)
def test_a_hostile_input_is_not_run(
    use: Callable[[Path], object], tmp_path: Path
) -> None:
    runs.clear()
    with suppress(ValueError, SystemExit):
        use(tmp_path)  # libraries unpickle files of their own when they are imported
    assert runs == []
    assert breaches_of(lambda: use(tmp_path)) == []
