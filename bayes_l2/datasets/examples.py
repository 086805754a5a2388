"""Well-known data sets to start from."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bayes_l2.datasets.standardisation import standardise

if TYPE_CHECKING:
    import pandas as pd

# copies of scikit-learn's: it takes half a second to import
DATA = Path(__file__).parent / "data"


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
    X, y = _stored("diabetes")
    return standardise(X), y.astype(float)


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
    X, y = _stored("breast_cancer")
    return standardise(X), (y == "benign").rename("benign")


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
    X, y = _stored("iris")
    return standardise(X), y


def _stored(name: str) -> tuple["pd.DataFrame", "pd.Series"]:
    """Return the features of a file of ``DATA``, and the text of its last column."""
    import pandas as pd

    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    cells = np.array(rows)
    features = cells[:, :-1].astype(float)
    # a copy would be in another order in memory, and sums of it have other bits
    X = pd.DataFrame(features, columns=header[:-1], copy=False)
    return X, pd.Series(cells[:, -1], name=header[-1])
