"""What a contender is: one interface for every library."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from data import NOISE_SD, PRIOR_SD, Case

Answer = dict[str, Any]  # "coef", "sd" and "loo": arrays; "draws": a DataTree
PENALTY = (NOISE_SD / PRIOR_SD) ** 2
OURS = "bayes_l2"
# what the contenders and the truth must agree on
PENALTIES = np.geomspace(1e-2, 1e6, 100)
PLACES = (0, 40, 60, 99)  # penalties at which leave-one-out errors are held
NOISE_SCALE, PRIOR_SCALE = 10.0, 1.0  # of HalfNormal and HalfCauchy


@dataclass(frozen=True)
class Contender:
    """A way to solve the problem of a section.

    Attributes
    ----------
    name : str
        The library, and the call.
    gives : str
        What it returns, in words.
    prepare : callable
        Imports the library, takes a case and returns the function that is timed.
    """

    name: str
    gives: str
    prepare: Callable[[Case], Callable[[], Answer]]


def library(name: str) -> Any:
    """Import a module that the package's own environment may lack."""
    return import_module(name)
