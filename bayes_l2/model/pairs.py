"""Tables of pairs, a likelihood and a prior: a route knows a pair, or refuses it."""

from collections.abc import Mapping
from inspect import signature
from itertools import product

from bayes_l2.model import likelihoods, priors
from bayes_l2.model.likelihoods import Likelihood
from bayes_l2.model.priors import Prior
from bayes_l2.texts import shown

Pair = tuple[type[Likelihood], type[Prior]]
KNOWN_PAIRS: tuple[Pair, ...] = tuple(product(likelihoods.KNOWN, priors.KNOWN))


def require_terms(likelihood: object, prior: object) -> None:
    """Refuse terms that are none, and an unknown scale that the other cannot have."""
    if not isinstance(likelihood, Likelihood):
        raise ValueError(
            f"likelihood must be likelihoods.{_names(likelihoods.KNOWN)}, "
            f"got {shown(likelihood)}"
        )
    if not isinstance(prior, Prior):
        raise ValueError(
            f"prior must be priors.{_names(priors.KNOWN)}, got {shown(prior)}"
        )
    in_own_unit = prior.spread.is_known and not prior.relative_to_noise
    if not (likelihood.has_statistics or in_own_unit):
        raise ValueError(
            f"prior must have a known sd: {shown(likelihood)} has no noise scale; "
            f"got {shown(prior)}"
        )
    if not (prior.is_smooth or likelihood.noise.is_known):
        raise ValueError(
            f"likelihood must have a known sd under {shown(prior)}, got "
            f"{shown(likelihood)}"
        )


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
            f"{route} does not know {shown(likelihood)} with {shown(prior)}, "
            f"{words(likelihood, prior)}; {instead}"
        )
    return table[pair]


def words(likelihood: Likelihood, prior: Prior) -> str:
    """Return the loss and the penalty by name."""
    penalty = "no penalty" if prior.is_flat else f"an {prior.name} penalty"
    return f"{likelihood.name} loss with {penalty}"


def _names(kinds: tuple[type, ...]) -> str:
    """Return the kinds as they are called, at most two arguments of each by name."""
    calls = []
    for kind in kinds:
        arguments = list(signature(kind).parameters)
        text = ", ".join(arguments) if len(arguments) < 3 else "..."
        calls.append(f"{kind.__name__}({text})")
    return f"{', '.join(calls[:-1])} or {calls[-1]}"
