"""What a start loads: a command imports the libraries that it needs, and no others.

The libraries named here take from a tenth of a second to a second each.
"""

import json
import subprocess
import sys
from pathlib import Path

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
# from the least needs to the most, because one process runs them all
NEEDED = {
    "a pass over Parquet": "",  # Arrow's own to_numpy loads pandas, with 45 MB
    "--help": "",
    "--version": "",
    "compare --help": "",
    "convert 1 --from ridge --to kernel-ridge": "",
    "conventions": "",
    "exercises": "",
    "ask": "",
    "compare --routes exact": EXACT,
    "a choice of the penalty": EXACT,
    "compare --routes ridge,map,exact": f"{EXACT} {RIDGE}",
    "compare --draws 20 --tune 20": f"{EXACT} {RIDGE} {SAMPLER}",
}
PROGRAMS = {
    "a pass over Parquet": """
from bayes_l2.partitions import ParquetPartitions
rows = ParquetPartitions("rows.parquet", "f", encode=["s"])
assert rows.reduce(lambda batch: batch.X.tolist(), list.__add__)
""",
    "a choice of the penalty": """
from bayes_l2 import LinearModel, choose_penalty, datasets, likelihoods, priors
X, y = datasets.diabetes()
model = LinearModel(
    X, y, likelihood=likelihoods.Normal(50.0), prior=priors.Normal(10.0)
)
choose_penalty(model)
""",
}
COMMAND = "from bayes_l2.cli.main import main; main({!r})"
SCRIPT = """
import json, sys
for name, program in json.loads(sys.argv[1]).items():
    try:
        exec(program)
    except SystemExit:
        pass
    print(json.dumps([name, sorted(sys.modules)]), file=sys.stderr)
"""


def test_a_program_loads_the_slow_libraries_that_it_needs(tmp_path: Path) -> None:
    columns = {"x": [1.5, 2.0], "s": ["a", "b"], "n": [1, 2], "f": [True, False]}
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet")
    programs = {name: COMMAND.format(name.split()) for name in NEEDED} | PROGRAMS
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(programs)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = run.stderr.splitlines()
    found = dict(json.loads(line) for line in lines if line[:1] == "[")
    assert [*found] == [*NEEDED]
    for name, modules in found.items():
        assert {*modules} & {*SLOW} <= {*NEEDED[name].split()}, name
    last = found[[*NEEDED][-1]]
    assert {"sklearn", "nutpie"} < {*last}  # so the commands did run
