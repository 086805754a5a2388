"""Data to start from: well-known data sets, and tables in files."""

from bayes_l2.datasets.examples import breast_cancer, diabetes, iris
from bayes_l2.datasets.standardisation import standardise
from bayes_l2.datasets.table import Table, read_table

__all__ = ["Table", "breast_cancer", "diabetes", "iris", "read_table", "standardise"]
__dir__ = __all__.copy
