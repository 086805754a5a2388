"""The file of sufficient statistics: NumPy's .npz, in which nothing can run.

It holds the arrays ``mean`` and ``factor``, and all else as JSON in ``statistics``.
"""

import json
import zipfile
import zlib
from dataclasses import fields
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, Self

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.files import content, draft_of
from bayes_l2.texts import end_of, shown

FORMAT = 1  # to be raised where a field comes or goes
VERSION, WORDS, ARRAYS = "bayes_l2_format", "statistics", ("mean", "factor")
LOST = "mean_rest"  # what the rounding of the mean lost
# what zipfile, NumPy and json raise where a file is not what it should be
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class StoredStatistics:
    """The part of ``SufficientStatistics`` that writes and reads a file."""

    def save(self, path: Any) -> None:
        """Write the statistics to a file, for ``SufficientStatistics.load``.

        It is a .npz file of NumPy, with some 8 (p + 1)² bytes. No row is in it, but
        statistics of few rows can show what these were.

        Parameters
        ----------
        path : str or path
            The file. One that is there is replaced; nothing half-written is left.

        Raises
        ------
        ValueError
            If it cannot be written, or the number of rows is a fraction.
        """
        record: Any = self
        if not isinstance(record.n_rows, int):
            raise ValueError(
                f"n_rows must be a whole number in a file, got {record.n_rows:g}: "
                "weights counted rows; save those of the LinearModel of the rows"
            )
        values = {each.name: getattr(record, each.name) for each in fields(record)}
        arrays = {name: values.pop(name) for name in ARRAYS}
        words = json.dumps({VERSION: FORMAT} | values)  # floats come back bit for bit
        with draft_of(arguments.path(path)) as draft, draft.open("wb") as file:
            lost = np.broadcast_to(record._lost, record.mean.shape)
            np.savez(file, **{WORDS: np.array(words), LOST: lost}, **arrays)

    @classmethod
    def load(cls, path: Any) -> Self:
        """Return the statistics that ``save`` wrote, bit for bit.

        They can be merged with others by ``+`` and ``sum``.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        SufficientStatistics
            The statistics.

        Raises
        ------
        ValueError
            If the file cannot be read, is of another kind or format, or is cut off.
        """
        values = _read(arguments.path(path))
        lost = values.pop(LOST)
        statistics = cls(**values)
        validation.set_fields(statistics, _lost=lost)
        return statistics


def _read(path: Path) -> dict[str, Any]:
    """Return the fields of statistics from a file."""
    wanted = f"path must be a file of SufficientStatistics.save, got {end_of(path)!r}"
    try:
        stored_bytes = BytesIO(content(path))
    except OSError as error:
        raise ValueError(f"{wanted}: {error.strerror or error}") from None
    try:
        with np.load(stored_bytes, allow_pickle=False) as stored:
            values = json.loads(stored[WORDS].item())
            version = values.pop(VERSION)
            if version == FORMAT:
                values |= {name: stored[name] for name in (*ARRAYS, LOST)}
    except UNREADABLE:
        raise ValueError(f"{wanted}, which is cut off or of another kind") from None
    if version != FORMAT:
        raise ValueError(
            f"{wanted} of format {shown(version)}: this version of bayes_l2 reads "
            f"format {FORMAT}; read it with the version that wrote it"
        )
    try:
        return _valid(**values)
    except UNREADABLE:
        raise ValueError(f"{wanted}, which is damaged: make it again") from None


def _valid(
    feature_names: list[str],
    n_rows: int,
    total_weight: float,
    sum_log_weights: float,
    mean: Any,
    factor: Any,
    mean_rest: Any,
) -> dict[str, Any]:
    """Return the fields of statistics, or raise an error."""
    size = len(feature_names) + 1
    sums = (total_weight, sum_log_weights)
    are_valid = (
        all(isinstance(name, str) for name in feature_names)
        and all(isinstance(each, float) and isfinite(each) for each in sums)
        and total_weight > 0
        and mean.shape == mean_rest.shape == (size,)
        and factor.shape[1:] == (size,)
        and all(each.dtype == np.float64 for each in (mean, mean_rest, factor))
        and all(np.isfinite(each).all() for each in (mean, mean_rest, factor))
    )
    if not are_valid:
        raise ValueError("a field is not valid")
    return {
        "feature_names": validation.feature_names(feature_names, size - 1),
        "n_rows": validation.natural_number(n_rows, "n_rows"),
        "total_weight": total_weight,
        "sum_log_weights": sum_log_weights,
        "mean": mean,
        "factor": factor,
        LOST: mean_rest,
    }
