"""Contenders that read the rows of a regression from a Parquet file."""

from collections.abc import Callable, Iterator

import numpy as np
from contender import OURS, PENALTY, Answer, Contender, library
from data import NOISE_SD, PRIOR_SD, Case

Run = Callable[[], Answer]
BATCH_ROWS = 65_536


def ours_streaming(case: Case) -> Run:
    """Return the exact posterior from one pass over the file."""
    b, partitions = library("bayes_l2"), library("bayes_l2.partitions")

    def run() -> Answer:
        model = b.LinearModel.from_partitions(
            partitions.ParquetPartitions(case.parquet, "y"),
            likelihood=b.likelihoods.Normal(NOISE_SD),
            prior=b.priors.Normal(PRIOR_SD),
        )
        posterior = b.fit_exact(model)
        return {"coef": posterior.mean[1:], "sd": posterior.sd[1:]}

    return run


def batches(case: Case) -> Iterator[np.ndarray]:
    """Yield the features and the response of a batch after another."""
    parquet = library("pyarrow.parquet")
    for part in parquet.ParquetFile(case.parquet).iter_batches(BATCH_ROWS):
        yield np.column_stack([column.to_numpy() for column in part.columns])


def plain_sums(case: Case) -> Run:
    """Return the solution of normal equations from plain sums of products."""

    def run() -> Answer:
        size = case.X.shape[1] + 1
        gram, total, n = np.zeros((size, size)), np.zeros(size), 0
        for rows in batches(case):
            gram, total = gram + rows.T @ rows, total + rows.sum(axis=0)
            n += len(rows)
        centred = gram - np.outer(total, total) / n
        penalised = centred[:-1, :-1] + PENALTY * np.eye(size - 1)
        sd = NOISE_SD * np.sqrt(np.abs(np.diag(np.linalg.inv(penalised))))
        return {"coef": np.linalg.solve(penalised, centred[:-1, -1]), "sd": sd}

    return run


def in_memory(case: Case) -> Run:
    """Return ridge regression on the whole file, read by pandas."""
    pandas, module = library("pandas"), library("sklearn.linear_model")

    def run() -> Answer:
        table = pandas.read_parquet(case.parquet)
        fit = module.Ridge(alpha=PENALTY).fit(table.drop(columns="y"), table["y"])
        return {"coef": fit.coef_}

    return run


def stochastic(case: Case) -> Run:
    """Return one pass of stochastic gradient descent."""
    module = library("sklearn.linear_model")
    alpha = PENALTY / len(case.y)

    def run() -> Answer:
        estimator = module.SGDRegressor(alpha=alpha, average=True, random_state=1)
        for rows in batches(case):
            estimator.partial_fit(rows[:, :-1], rows[:, -1])
        return {"coef": estimator.coef_}

    return run


def dask_least_squares(case: Case) -> Run:
    """Return Dask's least squares by a tree of QR factors, the prior added as rows."""
    frame, da = library("dask.dataframe"), library("dask.array")

    def run() -> Answer:
        rows = frame.read_parquet(case.parquet, split_row_groups=True)
        rows = rows.to_dask_array(lengths=True)
        p = rows.shape[1] - 1
        one = da.ones((rows.shape[0], 1), chunks=(rows.chunks[0], 1))
        prior = np.column_stack(
            [np.zeros(p), np.sqrt(PENALTY) * np.eye(p), np.zeros(p)]
        )
        extended = da.concatenate([one, rows], axis=1).rechunk({1: -1})
        extended = da.concatenate([extended, da.from_array(prior)], axis=0)
        found, *_ = da.linalg.lstsq(extended[:, :-1], extended[:, -1])
        return {"coef": found.compute()[1:]}

    return run


def dask_admm(case: Case) -> Run:
    """Return dask-ml's linear regression with an L2 penalty by its default solver."""
    module, frame = library("dask_ml.linear_model"), library("dask.dataframe")

    def run() -> Answer:
        rows = frame.read_parquet(case.parquet, split_row_groups=True)
        rows = rows.to_dask_array(lengths=True)
        estimator = module.LinearRegression(C=1 / PENALTY)
        return {"coef": np.ravel(estimator.fit(rows[:, :-1], rows[:, -1]).coef_)}

    return run


STREAMING = (
    Contender(
        f"{OURS}: `from_partitions`, `fit_exact`",
        "mean, covariance, evidence",
        ours_streaming,
    ),
    Contender(
        "a script: NumPy sums over pyarrow batches", "mean and covariance", plain_sums
    ),
    Contender("scikit-learn: `Ridge`, file read by pandas", "mean", in_memory),
    Contender("scikit-learn: `SGDRegressor.partial_fit`", "mean", stochastic),
    Contender("Dask: `linalg.lstsq`", "mean", dask_least_squares),
    Contender("dask-ml: `LinearRegression`", "mean", dask_admm),
)
