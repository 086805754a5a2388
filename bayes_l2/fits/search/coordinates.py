r"""Free coordinates u, in which optimisers and samplers work.

.. math:: \theta_j = o_j + s_j u_j, \qquad \log\sigma = o + s u

They have no bounds, an origin at the mean row, and axes of comparable length.
"""

from functools import cached_property

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD, Parameters
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.observations import AbsoluteTerms
from bayes_l2.model.partitioned.rows import PartitionedRows


class FreeCoordinates:
    r"""A one-to-one map of the parameters to vectors u, and the log posterior of u.

    The origin of X and y moves to their mean row: far from it, intercept and
    coefficients are nearly collinear. Logarithms replace unknown scales. Each axis is
    divided by the root of its curvature.

    Parameters
    ----------
    model : LinearModel
        The model.
    log_power : float, default 0
        The density is the posterior density times each unknown scale to this power: 0
        for the density in the sds, 1 in their logarithms, -1 in the variances.
    """

    def __init__(self, model: LinearModel, log_power: float = 0.0) -> None:
        self.model = model
        self.log_power = log_power
        self.center = model.log_posterior.observations.center
        self.centred = model.log_posterior.recentred(self.center)
        self.size = len(model.parameter_names)
        self.n_location = len(model.layout.names)
        self._scales = slice(self.n_location, self.size)

    @cached_property
    def origin(self) -> FloatArray:
        """The start of searches: the prior mean, and scales of the size of y.

        Where evaluations are dear, it is a guess of the mode.

        The noise sd begins at the sd of y. The prior sd begins where prior and noise
        would move y alike.
        """
        model, layout = self.model, self.model.layout
        location = layout.join(
            *self.centred.observations.start(model.prior, layout.lines)
        )
        if not model.unknown_scales:
            return location
        statistics = model.statistics
        root_n = np.sqrt(statistics.total_weight)
        noise_sd = _positive(float(np.linalg.norm(statistics.factor[:, -1])) / root_n)
        # in units of their prior sds, where these are multiples of the unknown one
        features = model.gaussian_prior.colour(statistics.factor[:, :-1])
        columns = _positive(float(np.linalg.norm(features)) / root_n)
        unit = 1.0 if model.prior.relative_to_noise else noise_sd
        guess = {NOISE_SD: noise_sd, PRIOR_SD: unit / columns}
        return np.append(
            location, [np.log(guess[name]) for name in model.unknown_scales]
        )

    @cached_property
    def scale(self) -> FloatArray:
        """One over the root of the curvature of each axis; 1 if it is not positive."""
        if self.model.is_smooth:
            curvature = np.diag(-self._hessian(self.origin))
        else:
            curvature = np.diag(self.centred.information(self.origin))
        return np.where(curvature > 0, curvature, 1.0) ** -0.5

    @property
    def are_dear(self) -> bool:
        """Whether an evaluation is a pass over rows that are not in memory."""
        return self.centred.observations.are_dear

    @property
    def curvature_varies(self) -> bool:
        """Whether the log density is concave, with a curvature that varies.

        So it is for classes and counts. That of a Gaussian model with known scales is
        the same everywhere, and with unknown scales the density is not concave.
        """
        model = self.model
        return model.is_smooth and not model.likelihood.has_statistics

    def has_no_mode(self, u: FloatArray) -> bool:
        """Return whether the log density at u proves that it grows without end."""
        data = self.model.data
        if not (self.model.prior.is_flat and isinstance(data, PartitionedRows)):
            return False
        return self.log_density(u) > data.separable_above

    def arrived(self, u: FloatArray) -> None:
        """Take note of a mode, where the next search of this model may start."""
        natural = self._natural(self.origin + self.scale * u)
        self.centred.observations.arrived(self.centred.split(natural))

    def parameters(self, u: FloatArray) -> FloatArray:
        """Return the parameters of the model at u; the last axis is that of u."""
        natural = self._natural(self.origin + self.scale * u)
        self._move_origin(natural, 1.0)
        return natural

    def parts(self, u: FloatArray) -> Parameters:
        """Return the parts of the parameters at u, with intercepts at the mean row."""
        return self.centred.split(self._natural(self.origin + self.scale * u))

    def free(self, parameters: FloatArray, *, at_center: bool = False) -> FloatArray:
        """Return u at parameters; ``at_center`` if their intercepts are there.

        The last axis is that of parameters.
        """
        free = np.array(parameters, dtype=float)
        if not at_center:
            self._move_origin(free, -1.0)
        free[..., self._scales] = np.log(free[..., self._scales])
        return (free - self.origin) / self.scale

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u, without the constant of the scaling."""
        return self.log_density_and_gradient(u)[0]

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return the gradient of the log density at u."""
        return self.log_density_and_gradient(u)[1]

    def gradients(self, u: FloatArray) -> FloatArray:
        """Return the gradients of the log density at many u, shape (m, d)."""
        natural, scales = self._natural(self.origin + self.scale * u), self._scales
        gradients = self.centred.gradients(natural)
        gradients[:, scales] *= natural[:, scales]
        gradients[:, scales] += self.log_power
        return self.scale * gradients

    def log_density_and_gradient(self, u: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density and its gradient at u."""
        free, scales = self.origin + self.scale * u, self._scales
        natural = self._natural(free)
        self.centred.visit(natural)
        value, gradient = self.centred.value_and_gradient(natural)
        gradient[scales] = gradient[scales] * natural[scales] + self.log_power
        value += self.log_power * float(np.sum(free[scales]))
        return value, self.scale * gradient

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return the Hessian of the log density at u."""
        hessian = self._hessian(self.origin + self.scale * u)
        return hessian * np.outer(self.scale, self.scale)

    def smooth_part(self, u: FloatArray) -> tuple[float, FloatArray]:
        """Return log density and gradient without ``absolute_terms``.

        The value is up to a constant.
        """
        natural = self.origin + self.scale * u
        self.centred.visit(natural)
        value, gradient = self.centred.smooth_part(natural)
        return value, self.scale * gradient

    def relative_move(
        self, u: FloatArray, step: FloatArray, *, least: float = 0.0
    ) -> float:
        """Return the largest change of a linear predictor, in units of 1 + itself.

        It counts as 0 where the curvature does not depend on linear predictors. The
        result is at least ``least``.
        """
        observations = self.centred.observations
        lines = self._lines(step)
        return observations.relative_move(self.parts(u), *lines, least=least)

    def largest_move(self, step: FloatArray) -> float:
        """Return the largest change of a linear predictor by a step, or a bound."""
        return self.centred.observations.largest_move(*self._lines(step))

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the kinks of minus the log density, as terms in u."""
        rows, targets, slopes = self.centred.absolute_terms()
        return AbsoluteTerms(rows * self.scale, targets - rows @ self.origin, slopes)

    def _move_origin(self, vectors: FloatArray, sign: float) -> None:
        """Move intercepts from the mean row to zero, in place; back if sign is -1."""
        location = vectors[..., : self.n_location]
        _, coef = self.model.layout.split(location)
        shift = self.center[-1] - coef @ self.center[:-1]
        self.model.layout.move_origin(location, sign * shift)

    def _lines(self, step: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what a step adds to intercepts and coefficients."""
        location = self.scale[: self.n_location] * step[: self.n_location]
        return self.model.layout.split(location)

    def _natural(self, free: FloatArray) -> FloatArray:
        natural = free.copy()
        natural[..., self._scales] = np.exp(natural[..., self._scales])
        return natural

    def _hessian(self, free: FloatArray) -> FloatArray:
        natural = self._natural(free)
        hessian = self.centred.hessian(natural)
        if not self.model.unknown_scales:
            return hessian
        stretch = np.ones(self.size)
        stretch[self._scales] = natural[self._scales]
        hessian = hessian * np.outer(stretch, stretch)
        places = np.arange(self.n_location, self.size)
        slopes = stretch * self.centred.gradient(natural)
        hessian[places, places] += slopes[places]
        return hessian


def _positive(value: float) -> float:
    return value if value > 0 else 1.0


def principal_curvatures(hessian: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return eigenvalues and axes (columns) of a Hessian; rounding counts as 0."""
    curvatures, axes = np.linalg.eigh(hessian)
    smallest = len(curvatures) * np.finfo(float).eps * curvatures[-1]
    return np.where(np.abs(curvatures) > smallest, curvatures, 0.0), axes
