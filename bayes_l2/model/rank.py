"""Whether rows determine coefficients: ranks of columns, to rounding."""

import numpy as np

from bayes_l2.arrays import FloatArray, norms
from bayes_l2.model.priors.base import BoolArray
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.texts import shown


def rank_deficient(
    root: FloatArray,
    statistics: SufficientStatistics,
    noise_sd: float,
    flat: BoolArray | None = None,
) -> str:
    """Name a coefficient whose precision given the later ones is rounding, or none.

    Parameters
    ----------
    root : ndarray of shape (p, p)
        Triangular root of the posterior precision.
    statistics : SufficientStatistics
        The statistics of the rows.
    noise_sd : float
        The noise sd.
    flat : ndarray of shape (n_features,), optional
        Which columns the root is of; by default all.
    """
    mean = np.sqrt(statistics.total_weight) * statistics.mean[:-1]
    rows = np.vstack([mean, statistics.factor[:, :-1]])
    names = np.array(statistics.feature_names, dtype=object)
    if flat is not None:
        rows, names = rows[:, flat], names[flat]
    count = max(statistics.n_rows, len(root))
    rounding = count * np.finfo(float).eps * norms(rows / noise_sd, axis=0)
    entries = zip(names, np.diag(root), rounding, strict=True)
    for name, entry, bound in entries:
        if entry <= bound:
            return (
                f"the rows do not determine the coefficient of column {shown(name)}, "
                "and the prior is flat or nearly so: the column is constant or a "
                "combination of other columns, or there are too few rows; drop it, or "
                "use priors.Normal(sd) with a smaller sd"
            )
    return ""


def numerical_rank(features: FloatArray) -> int:
    """Return the number of directions of the columns, each scaled to size 1."""
    if not features.size:
        return 0
    return int(np.linalg.matrix_rank(features / sizes(features)))


def sizes(features: FloatArray) -> FloatArray:
    """Return the largest entry of each column, 1 for a column of zeros."""
    largest = np.abs(features).max(axis=0, initial=0.0)
    return np.where(largest > 0, largest, 1.0)
