"""Tables of pairs, a likelihood and a prior: a route knows a pair, or refuses it."""

from collections.abc import Mapping
from itertools import product

from bayes_l2.model import likelihoods, priors
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.priors import Prior

Pair = tuple[type[Likelihood], type[Prior]]
KNOWN_PAIRS: tuple[Pair, ...] = tuple(product(likelihoods.KNOWN, priors.KNOWN))


def is_smooth(pair: Pair) -> bool:
    """Return whether the log posterior of a pair has no kinks."""
    return all(term.is_smooth for term in pair)


def entry[T](
    table: Mapping[Pair, T],
    likelihood: Likelihood,
    prior: Prior,
    *,
    route: str,
    instead: str,
) -> T:
    """Return the entry of a table for a likelihood and a prior.

    Parameters
    ----------
    table : mapping
        The pairs that a route knows.
    likelihood, prior : Likelihood, Prior
        The pair.
    route : str
        Name of the route.
    instead : str
        The way out for another pair.

    Raises
    ------
    ValueError
        If the pair is not in the table.
    """
    pair = type(likelihood), type(prior)
    if pair not in table:
        raise ValueError(
            f"{route} does not know {likelihood!r} with {prior!r}, "
            f"{words(likelihood, prior)}; {instead}"
        )
    return table[pair]


def words(likelihood: Likelihood, prior: Prior) -> str:
    """Return the loss and the penalty by name."""
    penalty = "no penalty" if prior.is_flat else f"an {prior.name} penalty"
    return f"{likelihood.name} loss with {penalty}"
