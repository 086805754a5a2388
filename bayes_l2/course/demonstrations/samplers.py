r"""What a sampler does with a log density: a path of Hamiltonian dynamics, which NUTS is made of, and a random walk.

Both are here to be looked at; ``fit_mcmc`` samples by kept libraries.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import validation
from bayes_l2.arrays import FloatArray
from bayes_l2.model.linear_model import LinearModel


@dataclass(frozen=True)
class Path:
    r"""A path of leapfrog steps.

    Attributes
    ----------
    positions, momenta : ndarray of shape (steps + 1, d)
        Parameters, and the momenta that go with them, from the start on.
    energies : ndarray of shape (steps + 1,)
        :math:`H = -\log p(\theta \mid y) + \lVert r \rVert^2 / 2m`, up to a constant. Exact dynamics would keep it.
    """

    positions: FloatArray
    momenta: FloatArray
    energies: FloatArray

    @property
    def turn(self) -> int | None:
        """The first step at which the path heads back towards its start, None if it does not."""
        outwards = np.sum((self.positions - self.positions[0]) * self.momenta, axis=1)
        back = np.flatnonzero(outwards[1:] < 0)
        return int(back[0]) + 1 if len(back) else None


def leapfrog(
    model: LinearModel,
    start: Any,
    momentum: Any,
    *,
    step: float,
    n_steps: int,
    mass: float = 1.0,
) -> Path:
    r"""Follow Hamiltonian dynamics on the log posterior, by leapfrog steps.

    .. math:: r \leftarrow r + \tfrac{\epsilon}{2} \nabla \log p(\theta), \qquad
              \theta \leftarrow \theta + \epsilon\, r / m, \qquad
              r \leftarrow r + \tfrac{\epsilon}{2} \nabla \log p(\theta)

    The steps keep volume, can be walked back, and keep the energy to an error of order :math:`\epsilon^2` that does
    not grow with their number, if :math:`\epsilon` is small enough. So a point of the path is a proposal that
    :math:`\min(1, e^{-\Delta H})` accepts, nearly always, far from the start.

    Parameters
    ----------
    model : LinearModel
        Whose ``log_posterior`` it is.
    start, momentum : array_like of shape (d,)
        Parameters in the model's order, and momenta.
    step : float
        :math:`\epsilon`.
    n_steps : int
        Number of steps.
    mass : float, default 1
        m, in units of one over the squared parameter.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If an argument is not valid, a scale is unknown, or the step so large that the path leaves all bounds.

    References
    ----------
    Neal (2011), MCMC using Hamiltonian dynamics.
    """
    d = len(model.parameter_names)
    theta = validation.vector(start, "start", length=d)
    r = validation.vector(momentum, "momentum", length=d)
    _require_known_scales(model)
    step, mass = (
        validation.positive_number(step, "step"),
        validation.positive_number(mass, "mass"),
    )
    value, gradient = model.log_posterior.value_and_gradient(theta)
    path = [(theta, r, r @ r / (2 * mass) - value)]
    for _ in range(validation.natural_number(n_steps, "n_steps")):
        with np.errstate(over="ignore", invalid="ignore"):  # said below
            halfway = r + step / 2 * gradient
            theta = theta + step * halfway / mass
            value, gradient = model.log_posterior.value_and_gradient(theta)
            r = halfway + step / 2 * gradient
            path.append((theta, r, r @ r / (2 * mass) - value))
        if not np.isfinite(path[-1][2]):
            raise ValueError(
                f"step must be smaller: with {step} the path leaves all bounds after {len(path) - 1} steps"
            )
    positions, momenta, energies = zip(*path, strict=True)
    return Path(np.array(positions), np.array(momenta), np.array(energies))


def random_walk(
    model: LinearModel, start: Any, *, step: Any, draws: int, seed: int
) -> tuple[FloatArray, float]:
    r"""Sample the posterior by Metropolis' random walk, which needs no gradient.

    A step :math:`\theta' = \theta + s z`, z standard normal, is taken with the probability
    :math:`\min(1, p(\theta') / p(\theta))`; else the chain stays.

    Parameters
    ----------
    model : LinearModel
        Whose ``log_posterior`` it is.
    start : array_like of shape (d,)
        Parameters in the model's order.
    step : float or array_like of shape (d,)
        s, in the units of the parameters.
    draws : int
        How many.
    seed : int
        Makes the draws repeatable.

    Returns
    -------
    draws : ndarray of shape (draws, d)
    accepted : float
        The share of steps taken.

    Raises
    ------
    ValueError
        If an argument is not valid, or a scale is unknown.

    References
    ----------
    Metropolis, Rosenbluth, Rosenbluth, Teller and Teller (1953), Journal of Chemical Physics 21(6).
    """
    _require_known_scales(model)
    rng = np.random.default_rng(validation.natural_number(seed, "seed", at_least=0))
    d = len(model.parameter_names)
    theta = validation.vector(start, "start", length=d)
    sizes = (
        np.full(d, validation.positive_number(step, "step"))
        if np.ndim(step) == 0
        else validation.vector(step, "step", length=d)
    )
    if not (sizes > 0).all():
        raise ValueError(f"step must be positive, got {sizes.min()}")
    value, taken, path = model.log_posterior(theta), 0, []
    for _ in range(validation.natural_number(draws, "draws")):
        proposal = theta + sizes * rng.standard_normal(d)
        there = model.log_posterior(proposal)
        if np.log(rng.uniform()) < there - value:
            theta, value, taken = proposal, there, taken + 1
        path.append(theta)
    return np.array(path), taken / draws


def _require_known_scales(model: LinearModel) -> None:
    if model.unknown_scales:
        raise ValueError(
            f"scales must be known here, got a prior on {' and '.join(model.unknown_scales)}"
        )
