"""Weight decay at work: errors on new rows, modes of many starts, ways between two."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.course.demonstrations.hidden_layer import Network
from bayes_l2.course.demonstrations.networks import profile, train
from bayes_l2.fits.penalised import fit_ridge
from bayes_l2.fits.search.quiet import quiet
from bayes_l2.labels import two_classes
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.choose import choose_penalty
from bayes_l2.texts import record_text

__all__ = [
    "ErrorsOverDecay",
    "WaysBetween",
    "errors_over_decay",
    "heights",
    "train_classifier",
    "ways_to_twin",
]
__dir__ = __all__.copy


@dataclass(frozen=True)
class ErrorsOverDecay:
    """Mean squared errors of networks, a column for each weight decay.

    Attributes
    ----------
    seen, new : ndarray of shape (splits, m)
        On the rows of the training, and on all others, in noise variances.
    ridge : ndarray of shape (splits,)
        Those of ridge regression on the others. Its penalty is chosen by the evidence
        of the rows of the training.
    """

    seen: FloatArray
    new: FloatArray
    ridge: FloatArray

    __repr__ = record_text


def errors_over_decay(
    X: Any, y: Any, alphas: Sequence[float], *, hidden: int, splits: int
) -> ErrorsOverDecay:
    """Train networks on one half of the rows, and measure errors on the other half.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alphas : sequence of m floats
        Weight decays, the precisions of the prior of each weight.
    hidden : int
        Number of units in the hidden layer.
    splits : int
        Number of splits; each has its number as its seed.

    Returns
    -------
    ErrorsOverDecay

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    columns, response = checks.rows(X, y)
    alphas = checks.positive_numbers(alphas, "alphas")
    splits = arguments.draws_to_keep(splits, len(alphas), "splits")
    seen, new = np.empty((splits, len(alphas))), np.empty((splits, len(alphas)))
    ridge = np.empty(splits)
    for split in range(splits):
        order = np.random.default_rng(split).permutation(len(response))
        first, rest = np.split(order, [len(response) // 2])

        def error(fit: Any, rows: Any) -> float:
            return float(np.mean((response[rows] - fit.predict(columns[rows])) ** 2))

        rows = columns[first], response[first]
        for place, alpha in enumerate(alphas):
            network = train(*rows, alpha=alpha, hidden=hidden, seed=split)
            seen[split, place] = error(network, first)
            new[split, place] = error(network, rest)
        noise, prior = likelihoods.Normal(1.0), priors.Normal(1.0)
        line = LinearModel(*rows, likelihood=noise, prior=prior)
        ridge[split] = error(fit_ridge(choose_penalty(line, by="evidence").model), rest)
    return ErrorsOverDecay(seen, new, ridge)


def heights(
    networks: Iterable[Network], X: Any, y: Any, *, alpha: float
) -> dict[str, int]:
    """Return the negative log posteriors of networks, and how many networks have each.

    Parameters
    ----------
    networks : iterable of Network
        The networks.
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay.

    Returns
    -------
    dict of str to int
        By height in nats, with two decimals, from the lowest.

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    given = [
        arguments.instance(each, Network, "an entry of networks")
        for each in arguments.words(networks, "networks", "a list of networks")
    ]
    found = Counter(f"{each.negative_log_posterior(X, y, alpha):.2f}" for each in given)
    return dict(sorted(found.items(), key=lambda item: float(item[0])))


@dataclass(frozen=True)
class WaysBetween:
    """Two ways from a mode to its twin, which has all signs of one unit turned.

    Attributes
    ----------
    mirror : Network
        The twin.
    shares : ndarray of shape (m,)
        Shares of the way.
    straight : ndarray of shape (m,)
        The negative log posterior above the mode, on the straight line, in nats.
    giving_way : ndarray of shape (m,)
        The same where all other weights are optimised.
    """

    mirror: Network
    shares: FloatArray
    straight: FloatArray
    giving_way: FloatArray

    __repr__ = record_text


def ways_to_twin(
    mode: Network, X: Any, y: Any, *, alpha: float, points: int = 26
) -> WaysBetween:
    """Walk from a mode to its twin, over the unit that is the easiest to turn.

    Parameters
    ----------
    mode : Network
        A mode of the posterior.
    X : array_like of shape (n, p)
        Features.
    y : array_like of shape (n,)
        Response, in units of the noise sd.
    alpha : float
        Weight decay.
    points : int, default 26
        Points of the first half. The second half is its mirror image.

    Returns
    -------
    WaysBetween

    Raises
    ------
    ValueError
        If an argument is not valid.
    ArithmeticError
        If a search finds no minimum.
    """
    mode = arguments.instance(mode, Network, "mode")
    points = checks.repetitions(points, "points", at_least=2)
    height = mode.negative_log_posterior(X, y, alpha)
    half = np.linspace(0, 0.5, points)
    ways = [
        profile(mode, unit, X, y, alpha=alpha, shares=1 - 2 * half) - height
        for unit in range(len(mode.output_weights))
    ]
    unit = int(np.argmin([way.max() for way in ways]))
    mirror = mode.mirrored(unit)
    line = [mode.moved(mirror, share) for share in half]
    straight = np.array([each.negative_log_posterior(X, y, alpha) for each in line])
    return WaysBetween(
        mirror,
        np.append(half, 1 - half[-2::-1]),
        *(np.append(way, way[-2::-1]) for way in (straight - height, ways[unit])),
    )


def train_classifier(
    X: Any, labels: Any, *, alpha: float, hidden: int, seed: int
) -> Network:
    """Train scikit-learn's ``MLPClassifier`` with weight decay, by L-BFGS to the end.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Features.
    labels : array_like of shape (n,)
        Two classes.
    alpha : float
        Weight decay, the precision of the prior of each weight.
    hidden : int
        Number of units in the hidden layer.
    seed : int
        Seed of the starting weights.

    Returns
    -------
    Network
        Its output is the log odds of the second class.

    Raises
    ------
    ValueError
        If an argument is not valid.
    """
    from sklearn.neural_network import MLPClassifier

    columns = validation.matrix(X)
    signs, _ = two_classes(labels, "labels", None, length=len(columns))
    size = arguments.draws_to_keep(hidden, columns.shape[1], "hidden")
    estimator = MLPClassifier(
        hidden_layer_sizes=(size,),
        activation="tanh",
        solver="lbfgs",
        alpha=validation.positive_number(alpha, "alpha"),
        tol=1e-14,
        max_iter=10_000,
        max_fun=10**6,
        random_state=arguments.seed(seed, bits=32),
        warm_start=True,
    )
    with quiet():
        # L-BFGS stops at a tolerance that cannot be set; a new start continues there
        for _ in range(20):
            estimator.fit(columns, signs)
    (V, w), (c, a) = estimator.coefs_, estimator.intercepts_
    return Network(V, c, w[:, 0], float(a[0]))
