"""The explorer's mathematics, run by Node on JSON."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

EXPLORER = Path(__file__).parents[2] / "explorer"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None,
    reason="node is not installed; the explorer's numbers need it, .ci/run installs it",
)


def run_node(tasks: list[tuple[str, Any]]) -> list[Any]:
    """Return the results of functions of ``explorer/src/numbers``, in one process.

    A task is a name and its argument; a tuple holds several arguments.
    """
    calls = [
        {"call": name, "arguments": given}
        if isinstance(given, tuple)
        else {"call": name, "argument": given}
        for name, given in tasks
    ]
    found = subprocess.run(
        ["node", str(EXPLORER / "test" / "run.mjs")],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)
