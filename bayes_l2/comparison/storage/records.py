"""Results as plain values, ready for JSON, with their arrays beside them; and back.

A record is a frozen dataclass or a named tuple of this package. Only those of the table
``RECORDS`` are made from a file, field by field: no code of the file runs.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from bayes_l2.datasets.standardisation import Standardisation
from bayes_l2.fits.laplace import LaplaceApproximation
from bayes_l2.fits.point_estimate import PointEstimate
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.origin import Origin
from bayes_l2.model.rows import Rows
from bayes_l2.model.scales import Known
from bayes_l2.model.statistics.sufficient_statistics import SufficientStatistics
from bayes_l2.posteriors.gaussian import GaussianPosterior
from bayes_l2.posteriors.least_squares.line import DecimalForm, Line, ScaledCovariance
from bayes_l2.posteriors.mixture import MixtureParts, MixturePosterior
from bayes_l2.posteriors.normal_inverse_gamma import NormalInverseGammaPosterior
from bayes_l2.posteriors.quadrature.eigenbasis import Eigenbasis
from bayes_l2.posteriors.quadrature.nodes import Nodes
from bayes_l2.texts import shown
from bayes_l2.validation import set_fields

Arrays = dict[str, np.ndarray[Any, Any]]
SCALES = (
    Known,
    priors.Exponential,
    priors.FlatLogScale,
    priors.FlatScale,
    priors.HalfCauchy,
    priors.HalfNormal,
    priors.HalfStudentT,
    priors.InverseGamma,
)
RESULTS = (
    DecimalForm,
    Eigenbasis,
    GaussianPosterior,
    LaplaceApproximation,
    Line,
    LinearModel,
    MixtureParts,
    Nodes,
    NormalInverseGammaPosterior,
    Origin,
    PointEstimate,
    Rows,
    ScaledCovariance,
    Standardisation,
    SufficientStatistics,
)
RECORDS: dict[str, type[Any]] = {
    **{f"likelihoods.{each.__name__}": each for each in likelihoods.KNOWN},
    **{f"priors.{each.__name__}": each for each in (*priors.KNOWN, *SCALES)},
    **{each.__name__: each for each in RESULTS},
}
NAMES = {each: name for name, each in RECORDS.items()}


class Packer:
    """Packs values one after the other; a record that was packed is only named again.

    Attributes
    ----------
    arrays : dict of ndarray
        The arrays of what was packed, by the names that stand in their places.
    """

    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self._seen: dict[int, tuple[int, Any]] = {}  # the record, to keep its id taken

    def pack(self, value: Any, place: str) -> Any:
        """Return a value as plain values; ``place`` is its name in messages."""
        if isinstance(value, np.generic):
            return {"numpy": value.dtype.name, "value": value.item()}
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, np.ndarray):
            return self._array(value, place)
        if isinstance(value, MixturePosterior):
            return {"mixture": self.pack(value.parts, place)}
        if type(value) in NAMES:
            return self._record(value, place)
        if isinstance(value, tuple):
            return {"tuple": [self.pack(each, place) for each in value]}
        if isinstance(value, list):
            return [self.pack(each, place) for each in value]
        if isinstance(value, dict):
            pairs = value.items()
            return {"dict": {key: self.pack(each, place) for key, each in pairs}}
        if isinstance(value, date):
            kind = type(value).__name__
            if kind in MOMENTS:
                return {"moment": kind, "text": value.isoformat()}
        raise ValueError(
            f"a comparison cannot be saved with {shown(value)} of type "
            f"{type(value).__name__} in its {place}; it can be saved with likelihoods "
            "and priors of bayes_l2, and labels that are text, numbers or dates"
        )

    def _array(self, array: np.ndarray[Any, Any], place: str) -> dict[str, Any]:
        if array.dtype.kind == "O":  # decimals, of more digits than a float
            return {"decimals": np.vectorize(str, otypes=[object])(array).tolist()}
        name, number = place, 2
        while name in self.arrays:
            name, number = f"{place} {number}", number + 1
        self.arrays[name] = array
        # the order in memory decides the last digits of sums
        by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
        return {"array": name, "by_columns": by_columns}

    def _record(self, value: Any, place: str) -> dict[str, Any]:
        if id(value) in self._seen:
            return {"again": self._seen[id(value)][0]}
        parts = {
            name: self.pack(part, f"{place}.{name}") for name, part in _fields(value)
        }
        self._seen[id(value)] = len(self._seen), value
        return {"record": NAMES[type(value)], "fields": parts}


class Unpacker:
    """Makes the values that were packed, in the same order."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._made: list[Any] = []

    def unpack(self, packed: Any) -> Any:
        """Return the value of plain values."""
        if isinstance(packed, list):
            return [self.unpack(each) for each in packed]
        if not isinstance(packed, dict):
            return packed
        match packed:
            case {"array": name, "by_columns": by_columns}:
                return np.asarray(self._arrays[name], order="F" if by_columns else "C")
            case {"decimals": texts}:
                return np.vectorize(Decimal, otypes=[object])(np.array(texts, object))
            case {"numpy": kind, "value": value}:
                return np.dtype(kind).type(value)
            case {"tuple": values}:
                return tuple(self.unpack(each) for each in values)
            case {"dict": values}:
                return {key: self.unpack(each) for key, each in values.items()}
            case {"moment": kind, "text": text}:
                return _moment(kind, text)
            case {"mixture": parts}:
                return MixturePosterior.of_parts(self.unpack(parts))
            case {"again": number}:
                return self._made[number]
            case {"record": name, "fields": values}:
                record = _made(
                    RECORDS[name],
                    {key: self.unpack(each) for key, each in values.items()},
                )
                self._made.append(record)
                return record
        raise ValueError(f"unknown kind of value: {shown(packed)}")


MOMENTS = ("date", "datetime", "Timestamp")


def _moment(kind: str, text: str) -> Any:
    if kind == "Timestamp":
        import pandas as pd

        return pd.Timestamp(text)
    return {"date": date, "datetime": datetime}[kind].fromisoformat(text)


def _fields(record: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of the fields of a record."""
    for name in _names_of(type(record)):
        yield name, getattr(record, name)


def _names_of(kind: type[Any]) -> tuple[str, ...]:
    if is_dataclass(kind):
        return tuple(each.name for each in fields(kind))
    return kind._fields


def _made(kind: type[Any], values: dict[str, Any]) -> Any:
    """Return a record with these fields; its arrays are read-only."""
    if set(values) != set(_names_of(kind)):
        raise ValueError(f"{kind.__name__} has other fields in this version")
    if not is_dataclass(kind):
        return kind(**values)
    record = object.__new__(kind)
    set_fields(record, **values)
    return record
