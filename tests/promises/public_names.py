"""The listing of what users rely on: names, arguments, JSON keys, formats of files.

Usage: ``uv run python -m tests.promises.public_names`` writes it again.
"""

import contextlib
import importlib
import inspect
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bayes_l2
from bayes_l2.cli.main import main
from bayes_l2.comparison.storage.file import FORMAT as OF_COMPARISON
from bayes_l2.model.statistics.storage import FORMAT as OF_STATISTICS

LISTING = Path(__file__).parent.parent / "data" / "public_names.txt"
MODULES = ("conventions", "datasets", "exercises", "likelihoods", "partitions")
COMMANDS = (
    "compare --routes exact,map",
    "convert 1 --from ridge --to kernel-ridge",
    "exercises check cross-entropy 1 --seed 1",
    "exercises show cross-entropy --seed 1",
)


def of_name(name: str, value: Any) -> Iterator[str]:
    """Yield a name with its arguments, and the public attributes of a class."""
    arguments = ""
    if callable(value):
        with contextlib.suppress(ValueError, TypeError):
            arguments = f"({', '.join(inspect.signature(value).parameters)})"
    yield f"{name}{arguments}"
    if inspect.isclass(value):
        own = [each for each in dir(value) if not each.startswith("_")]
        yield from (f"{name}.{each}" for each in own)


def keys_of(words: str) -> Iterator[str]:
    """Yield the keys of the JSON that a command prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        main([*words.split(), "--json"])
    command = " ".join(each for each in words.split() if each.isalpha())
    for key in json.loads(printed.getvalue()):
        yield f"{command} --json: {key}"


def listing() -> list[str]:
    """Return the lines of the listing, in order."""
    lines = [f"format of Comparison.save: {OF_COMPARISON}"]
    lines.append(f"format of SufficientStatistics.save: {OF_STATISTICS}")
    for name in bayes_l2.__all__:
        lines += of_name(name, getattr(bayes_l2, name))
    for module in (*MODULES, "priors"):
        of_module = importlib.import_module(getattr(bayes_l2, module).__name__)
        for name in of_module.__all__:
            lines += of_name(f"{module}.{name}", getattr(of_module, name))
    for words in COMMANDS:
        lines += keys_of(words)
    return sorted(set(lines))


if __name__ == "__main__":
    LISTING.write_text("\n".join(listing()) + "\n", encoding="utf-8")
