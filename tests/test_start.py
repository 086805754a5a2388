"""What a start loads: a command imports the libraries that it needs, and no others.

The libraries named here take from a tenth of a second to a second each.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SLOW = (
    "arviz_base",
    "arviz_plots",
    "arviz_stats",
    "matplotlib.pyplot",
    "numba",
    "nutpie",
    "pandas",
    "pymc",
    "scipy.optimize",
    "scipy.stats",
    "sklearn",
    "sklearn.datasets",
    "xarray",
)
EXACT = "pandas scipy.optimize"
# scikit-learn loads scipy.stats for its own checks of arguments
RIDGE = "sklearn scipy.stats"
SAMPLER = "arviz_base arviz_stats nutpie xarray"
NEEDED = {
    "--help": "",
    "--version": "",
    "compare --help": "",
    "convert 1 --from ridge --to kernel-ridge": "",
    "conventions": "",
    "exercises": "",
    "ask": "",
    "compare --routes exact": EXACT,
    "compare --routes ridge,map,exact": f"{EXACT} {RIDGE}",
    "compare": f"{EXACT} {RIDGE} {SAMPLER}",
}
SCRIPT = """
import json, sys
from bayes_l2.cli.main import main
for command in json.loads(sys.argv[1]):
    try:
        main(command.split())
    except SystemExit:
        pass
    print(json.dumps([command, sorted(sys.modules)]), file=sys.stderr)
"""

CHOICE = """
import json, sys
from bayes_l2 import LinearModel, choose_penalty, datasets, likelihoods, priors
X, y = datasets.diabetes()
model = LinearModel(
    X, y, likelihood=likelihoods.Normal(50.0), prior=priors.Normal(10.0)
)
choose_penalty(model)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

PASS = """
import json, sys
from bayes_l2.partitions import ParquetPartitions
rows = ParquetPartitions(sys.argv[1], "f", encode=["s"])
assert rows.reduce(lambda batch: batch.X.tolist(), list.__add__)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def reports(*arguments: str) -> list[Any]:
    """Return what a program has written to stderr, a JSON document a line."""
    run = subprocess.run(
        [sys.executable, "-c", *arguments], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stderr.splitlines() if line[:1] == "["]


def loaded(*arguments: str) -> set[str]:
    """Return the slow libraries that a program has loaded at its end."""
    return {*reports(*arguments)[-1]} & {*SLOW}


def test_a_command_loads_the_slow_libraries_that_it_needs() -> None:
    """One process runs them all, from the least needs to the most."""
    found = dict(reports(SCRIPT, json.dumps([*NEEDED])))
    assert [*found] == [*NEEDED]
    for command, modules in found.items():
        assert {*modules} & {*SLOW} <= {*NEEDED[command].split()}, command
    assert {"sklearn", "nutpie"} < {*found["compare"]}  # so the commands did run


def test_a_choice_of_the_penalty_loads_no_route_of_another_library() -> None:
    assert loaded(CHOICE) <= set(EXACT.split())


def test_a_pass_over_parquet_loads_none_of_them(tmp_path: Path) -> None:
    # Arrow's own to_numpy loads pandas, with 45 MB
    columns = {"x": [1.5, 2.0], "s": ["a", "b"], "n": [1, 2], "f": [True, False]}
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet")
    assert loaded(PASS, str(tmp_path / "rows.parquet")) == set()
