"""What a start loads: a command imports the libraries that it needs, and no others.

The libraries named here take from a tenth of a second to a second each.
"""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
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


def loaded(*arguments: str) -> set[str]:
    """Return the slow libraries that a program has loaded at its end."""
    run = subprocess.run(
        [sys.executable, "-c", *arguments], capture_output=True, text=True, check=True
    )
    return {*json.loads(run.stderr.splitlines()[-1])} & {*SLOW}


@pytest.mark.parametrize("command", NEEDED)
def test_a_command_loads_the_slow_libraries_that_it_needs(command: str) -> None:
    assert loaded(SCRIPT, *command.split()) <= set(NEEDED[command].split())


def test_a_choice_of_the_penalty_loads_no_route_of_another_library() -> None:
    assert loaded(CHOICE) <= set(EXACT.split())


def test_a_pass_over_parquet_loads_none_of_them(tmp_path: Path) -> None:
    # Arrow's own to_numpy loads pandas, with 45 MB
    columns = {"x": [1.5, 2.0], "s": ["a", "b"], "n": [1, 2], "f": [True, False]}
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet")
    assert loaded(PASS, str(tmp_path / "rows.parquet")) == set()
