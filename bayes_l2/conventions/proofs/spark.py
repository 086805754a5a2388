"""Fits of Spark ML at a converted setting.

Spark needs Java, and most of a minute to start.
"""

import atexit
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof

QUIET = """rootLogger.level = off
rootLogger.appenderRef.c.ref = c
appender.c.type = Console
appender.c.name = c
"""


@cache
def session() -> Any:
    """Start Spark in one thread, silently; it stops with this process."""
    folder = tempfile.TemporaryDirectory()
    log = Path(folder.name) / "log4j2.properties"
    log.write_text(QUIET)
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{log}",
        "spark.pyspark.python": sys.executable,
    }
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    with _silence():
        spark = builder.getOrCreate()
    atexit.register(folder.cleanup)
    atexit.register(spark.stop)
    return spark


@contextmanager
def _silence() -> Iterator[None]:
    """Discard the standard error of this process and of the processes it starts."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def fitted(estimator: Any, problem: Problem, *, labels: bool = False) -> Fitted:
    """Fit an estimator on the rows as a data frame."""
    dense = import_module("pyspark.ml.linalg").Vectors.dense
    response = (problem.labels + 1) / 2 if labels else problem.y
    weights = (
        [1.0] * len(response) if problem.weights is None else problem.weights.tolist()
    )
    rows = [
        (dense(x), y, w)
        for x, y, w in zip(problem.X.tolist(), response.tolist(), weights, strict=True)
    ]
    frame = session().createDataFrame(rows, ["features", "label", "weight"]).coalesce(1)
    if problem.weights is not None:
        estimator = estimator.setWeightCol("weight")
    model = estimator.fit(frame)
    return Fitted(float(model.intercept), model.coefficients.toArray())


def linear(problem: Problem, penalty: float, **options: Any) -> Fitted:
    """Fit ``LinearRegression``."""
    session()
    estimator = import_module("pyspark.ml.regression").LinearRegression
    return fitted(
        estimator(regParam=penalty, **({"elasticNetParam": 0.0} | options)), problem
    )


def logistic(problem: Problem, penalty: float, *, standardization: bool) -> Fitted:
    """Fit ``LogisticRegression``."""
    session()
    estimator = import_module("pyspark.ml.classification").LogisticRegression
    options = {
        "elasticNetParam": 0.0,
        "standardization": standardization,
        "maxIter": 1000,
        "tol": 0.0,
    }
    return fitted(estimator(regParam=penalty, **options), problem, labels=True)


JAVA = ("java",)
PROOFS = {
    "spark": Proof(linear, ("pyspark",), programs=JAVA),
    "spark-unstandardised": Proof(
        lambda problem, penalty: linear(problem, penalty, standardization=False),
        ("pyspark",),
        programs=JAVA,
    ),
    "spark-lasso": Proof(
        lambda problem, penalty: linear(
            problem, penalty, elasticNetParam=1.0, maxIter=1000, tol=1e-15
        ),
        ("pyspark",),
        programs=JAVA,
    ),
    "spark-logistic": Proof(
        lambda problem, penalty: logistic(problem, penalty, standardization=True),
        ("pyspark",),
        weighted=False,
        programs=JAVA,
    ),
    "spark-logistic-unstandardised": Proof(
        lambda problem, penalty: logistic(problem, penalty, standardization=False),
        ("pyspark",),
        programs=JAVA,
    ),
}
