"""A public callable with valid arguments, and the models that the cases share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bayes_l2 import (
    LinearModel,
    SufficientStatistics,
    compare,
    datasets,
    fit_laplace,
    fit_map,
    likelihoods,
    penalty_path,
    priors,
)
from tests.model.partitioned.arrays import ArrayPartitions

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 2)), RNG.standard_normal(12)


def model_of(likelihood: Any, prior: Any, y: Any = Y) -> LinearModel:
    return LinearModel(X, y, likelihood=likelihood, prior=prior)


KNOWN = model_of(likelihoods.Normal(1.0), priors.Normal(1.0))
CONJUGATE = model_of(
    likelihoods.Normal(priors.InverseGamma(2.0, 1.0)),
    priors.Normal(1.0, relative_to_noise=True),
)
UNKNOWN = model_of(
    likelihoods.Normal(priors.HalfNormal(1.0)), priors.Normal(priors.HalfNormal(1.0))
)
CLASSES = model_of(likelihoods.Bernoulli(), priors.Normal(1.0), Y > 0)
PROPER = LinearModel(
    X, Y, likelihood=likelihoods.Normal(1.0), prior=priors.Normal(1.0), intercept=False
)
STATISTICS = SufficientStatistics.from_rows(X, Y)
PARTS = ArrayPartitions(X, Y, cuts=[len(X) // 2])
POINT = fit_map(KNOWN)
LAPLACE = fit_laplace(CLASSES)
PATH = penalty_path(KNOWN)
COMPARISON = compare(KNOWN, routes=["map"])
FOLDER = TemporaryDirectory()  # is there until the tests are over
CSV = f"{FOLDER.name}/data.csv"
Path(CSV).write_text("x,y\n1,2\n3,5\n", encoding="utf-8")
TABLE = datasets.read_table(CSV, "y")
ANSWERS = f"{FOLDER.name}/answers.json"
Path(ANSWERS).write_text('{"Ada 1": {"r-hat": 1.1}}', encoding="utf-8")
PARQUET = f"{FOLDER.name}/t.parquet"
TABLE_OF_ARROW = pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0], "w": [1.0, 2.0]})
pq.write_table(TABLE_OF_ARROW, PARQUET)
NPY = f"{FOLDER.name}/t.npy"
np.save(NPY, np.ones((2, 3)))


@dataclass(frozen=True)
class Case:
    """A callable, valid values of its arguments, and the kind of each argument."""

    call: Callable[..., Any]
    valid: dict[str, Any]
    kinds: dict[str, str]


def case(call: Callable[..., Any], /, **arguments: tuple[Any, str]) -> Case:
    valid = {name: value for name, (value, _) in arguments.items()}
    return Case(call, valid, {name: kind for name, (_, kind) in arguments.items()})
