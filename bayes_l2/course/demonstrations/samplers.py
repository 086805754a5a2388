r"""Two samplers to look at: Hamiltonian dynamics, the core of NUTS, and a random walk.

.. math:: H(\theta, r) = -\log p(\theta \mid y) + \frac{\lVert r \rVert^2}{2m}

Both sample a log density step by step. ``fit_mcmc`` uses maintained libraries instead.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.course import checks
from bayes_l2.kinds import shape_of
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.texts import record_text

__all__ = ["Path", "leapfrog", "random_walk"]
__dir__ = __all__.copy


@dataclass(frozen=True)
class Path:
    r"""A path of leapfrog steps.

    Attributes
    ----------
    positions, momenta : ndarray of shape (steps + 1, d)
        Parameters and momenta after each step; the first row is the start.
    energies : ndarray of shape (steps + 1,)
        :math:`H = -\log p(\theta \mid y) + \lVert r \rVert^2 / 2m`, up to a constant.
        Exact dynamics conserve it.
    """

    positions: FloatArray
    momenta: FloatArray
    energies: FloatArray

    __repr__ = record_text

    @property
    def turn(self) -> int | None:
        """Return the first step that leads back towards the start, or None."""
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

    The steps conserve volume and can be reversed. If :math:`\epsilon` is small enough,
    the error of the energy is of order :math:`\epsilon^2` and does not grow with the
    number of steps. So a point of the path far from the start is a proposal that is
    accepted nearly always, with probability :math:`\min(1, e^{-\Delta H})`.

    Parameters
    ----------
    model : LinearModel
        The model, with known scales.
    start, momentum : array_like of shape (d,)
        Parameters in the model's order, and momenta.
    step : float
        :math:`\epsilon`.
    n_steps : int
        Number of steps.
    mass : float, default 1
        m, in units of 1 / parameter².

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If an argument is not valid, a scale is unknown, or the step is so large that
        the path diverges.

    References
    ----------
    Neal (2011), MCMC using Hamiltonian dynamics.
    """
    _require_known_scales(model)
    d = len(model.parameter_names)
    theta = validation.vector(start, "start", length=d)
    r = validation.vector(momentum, "momentum", length=d)
    step = validation.positive_number(step, "step")
    mass = validation.positive_number(mass, "mass")
    value, gradient = model.log_posterior.value_and_gradient(theta)
    path = [(theta, r, r @ r / (2 * mass) - value)]
    for _ in range(arguments.draws_to_keep(n_steps, 2 * d, "n_steps")):
        with np.errstate(over="ignore", invalid="ignore"):  # the error is raised below
            halfway = r + step / 2 * gradient
            theta = theta + step * halfway / mass
            value, gradient = model.log_posterior.value_and_gradient(theta)
            r = halfway + step / 2 * gradient
            path.append((theta, r, r @ r / (2 * mass) - value))
        if not np.isfinite(path[-1][2]):
            raise ValueError(
                f"step must be smaller: with {step} the path diverges after "
                f"{len(path) - 1} steps"
            )
    positions, momenta, energies = zip(*path, strict=True)
    return Path(np.array(positions), np.array(momenta), np.array(energies))


def random_walk(
    model: LinearModel, start: Any, *, step: Any, draws: int, seed: int
) -> tuple[FloatArray, float]:
    r"""Sample the posterior by Metropolis' random walk, which needs no gradient.

    The step :math:`\theta' = \theta + s z`, with z standard normal, is accepted with
    probability :math:`\min(1, p(\theta') / p(\theta))`. Otherwise the chain stays.

    Parameters
    ----------
    model : LinearModel
        The model, with known scales.
    start : array_like of shape (d,)
        Parameters in the model's order.
    step : float or array_like of shape (d,)
        s, in the units of the parameters.
    draws : int
        Number of draws.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    draws : ndarray of shape (draws, d)
    accepted : float
        The share of accepted steps.

    Raises
    ------
    ValueError
        If an argument is not valid, or a scale is unknown.

    References
    ----------
    Metropolis, Rosenbluth, Rosenbluth, Teller and Teller (1953), Journal of Chemical
    Physics 21(6).
    """
    _require_known_scales(model)
    rng = np.random.default_rng(validation.natural_number(seed, "seed", at_least=0))
    d = len(model.parameter_names)
    theta = validation.vector(start, "start", length=d)
    sizes = step if shape_of(step) else [validation.positive_number(step, "step")] * d
    sizes = np.array(checks.positive_numbers(sizes, "step", length=d))
    value, accepted, path = model.log_posterior(theta), 0, []
    for _ in range(arguments.draws_to_keep(draws, d, "draws")):
        proposal = theta + sizes * rng.standard_normal(d)
        there = model.log_posterior(proposal)
        if np.log(rng.uniform()) < there - value:
            theta, value, accepted = proposal, there, accepted + 1
        path.append(theta)
    return np.array(path), accepted / draws


def _require_known_scales(model: object) -> None:
    model = arguments.instance(model, LinearModel, "model")
    if model.unknown_scales:
        names = " and ".join(model.unknown_scales)
        raise ValueError(f"scales must be known here, got a prior on {names}")
