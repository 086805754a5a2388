"""Checks of arguments that are no data: seeds, sources of randomness, counts of draws.

Each returns a valid value or raises one ValueError.
"""

import numpy as np

from bayes_l2.texts import shown
from bayes_l2.validation import natural_number

MOST_NUMBERS = 2**30  # of an array of draws, which is 8 GiB


def seed(value: object, *, bits: int = 64) -> int | None:
    """Return a seed below 2 to the power of ``bits``, or None."""
    if value is None:
        return None
    return natural_number(value, "seed", at_least=0, at_most=2**bits - 1)


def generator(rng: object, name: str = "rng") -> np.random.Generator:
    """Return a generator of random numbers, from one or from a seed of any size."""
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng(rng)
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        raise ValueError(
            f"{name} must be a numpy.random.Generator, a whole number of at least 0, "
            f"or None, got {shown(rng)}"
        )
    return np.random.default_rng(rng)


def draws_to_keep(value: object, size: int, name: str = "n") -> int:
    """Return a number of draws of ``size`` numbers each, if an array can hold them."""
    return natural_number(value, name, at_most=MOST_NUMBERS // size)
