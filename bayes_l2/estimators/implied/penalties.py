"""Penalties of estimators as priors, in the units of ``bayes_l2.conventions``."""

from typing import Any, NamedTuple

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.conventions import convert, find
from bayes_l2.model import priors

WORDS = {"prior-sd": "prior sd", "laplace-scale": "Laplace scale"}


class Converted(NamedTuple):
    """Numbers in the units of another convention, and the sentence that says how."""

    values: FloatArray
    note: str


def converted(
    values: FloatArray | float, source: str, target: str, **facts: Any
) -> Converted:
    """Return penalties in other units, by ``convert``.

    Parameters
    ----------
    values : float or ndarray
        Settings of the source, each 0 or more; 0 is no penalty.
    source, target : str
        The conventions. Where the target is a prior, the scale of no penalty is
        infinite.
    **facts
        The quantities for ``convert``.

    Returns
    -------
    Converted
        As many numbers as there are settings.
    """
    settings = np.ravel(np.asarray(values, dtype=float))
    none = np.inf if target in WORDS else 0.0
    found, formula = {0.0: none}, ""
    for value in set(settings[settings > 0].tolist()):
        conversion = convert(value, source, target, **facts)
        found[value], formula = float(conversion), conversion.formula
    results = np.array([found[value] for value in settings.tolist()])
    record = find(source, "source")
    parameter, formula = record.parameter, formula.replace(f"[{record.name}]", "")
    if not formula:
        return Converted(results, f"{parameter} = 0 is no penalty, a flat prior")
    words = WORDS.get(target, target)
    note = f"{parameter} = {brief(settings)} is the {words} {brief(results)}: {formula}"
    return Converted(results, note)


def normal_prior(sds: FloatArray) -> priors.Prior:
    """Return the Gaussian prior of one sd, or of one for each column; inf is flat."""
    if np.all(np.isinf(sds)):
        return priors.Flat()
    if np.all(sds == sds[0]):
        return priors.Normal(float(sds[0]))
    return priors.Normal(sds.tolist())


def brief(values: FloatArray) -> str:
    """Return one number, or the range of several."""
    least, most = float(np.min(values)), float(np.max(values))
    if least == most:
        return f"{least:.6g}"
    return f"{least:.6g} to {most:.6g}"
