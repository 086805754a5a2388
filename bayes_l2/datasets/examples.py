"""Well-known data sets to start from, and columns in units of their sd."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import centred_columns, norms

if TYPE_CHECKING:
    import pandas as pd


def diabetes() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the diabetes data of Efron et al. (2004).

    They are 442 patients with ten standardised features.

    Returns
    -------
    X : pandas.DataFrame of shape (442, 10)
        Features in units of their standard deviation (divisor n), from their mean.
    y : pandas.Series of shape (442,)
        Disease progression after one year, on the study's scale from 25 to 346.
    """
    from sklearn.datasets import load_diabetes

    data: Any = load_diabetes(as_frame=True, scaled=False)
    return standardise(data.data), data.target


def breast_cancer() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the Wisconsin breast cancer data (Street, Wolberg and Mangasarian 1993).

    They are 569 tumours with 30 features.

    Returns
    -------
    X : pandas.DataFrame of shape (569, 30)
        Measures of cell nuclei, in units of their standard deviation (divisor n), from
        their mean.
    y : pandas.Series of shape (569,)
        Whether the tumour is benign.
    """
    from sklearn.datasets import load_breast_cancer

    data: Any = load_breast_cancer(as_frame=True)
    return standardise(data.data), (data.target == 1).rename("benign")


def iris() -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the iris data (Fisher 1936): 150 flowers, four features.

    Returns
    -------
    X : pandas.DataFrame of shape (150, 4)
        Lengths and widths, in units of their standard deviation (divisor n), from their
        mean.
    y : pandas.Series of shape (150,)
        The species, one of three.
    """
    from sklearn.datasets import load_iris

    data: Any = load_iris(as_frame=True)
    names = dict(enumerate(data.target_names))
    return standardise(data.data), data.target.map(names).rename("species")


def standardise(X: "pd.DataFrame") -> "pd.DataFrame":
    """Return columns less their mean, over their standard deviation (divisor n).

    A constant column becomes 0. Values that differ by the rounding of their size alone
    are constant.
    """
    import pandas as pd

    arguments.instance(X, pd.DataFrame, "X")
    values = validation.matrix(X)
    centred = centred_columns(values)
    sizes = norms(centred, axis=0) / np.sqrt(len(values))
    standardised = centred / np.where(sizes > 0, sizes, 1.0)
    return pd.DataFrame(standardised, index=X.index, columns=X.columns)
