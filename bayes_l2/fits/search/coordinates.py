"""The coordinates in which optimisers and samplers work: no bounds, no far origin, axes of comparable length."""

from functools import cached_property

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.observations import AbsoluteTerms


class FreeCoordinates:
    r"""A one-to-one map of the parameters to vectors u, and the log posterior as a function of u.

    The origin of X and y is moved to their mean row (far from it, intercept and coefficients are nearly collinear),
    unknown scales are replaced by their logarithms, and each axis is divided by the root of its curvature.

    Parameters
    ----------
    model : LinearModel
        The model.
    log_power : float, default 0
        The density whose logarithm is taken is that of the posterior times each unknown scale to this power: 0 for
        the density in the sds, 1 in their logarithms, -1 in the variances.
    """

    def __init__(self, model: LinearModel, log_power: float = 0.0) -> None:
        self.model = model
        self.log_power = log_power
        self._center = model.observations.center
        self._centred = model.recentred(self._center)
        self._n_scales = len(model.unknown_scales)
        self.size = len(model.parameter_names)

    @cached_property
    def origin(self) -> FloatArray:
        """Where searches begin, in free coordinates before scaling: the prior mean, and scales of the size of y.

        The noise sd begins at the sd of y, and the prior sd where the prior and the noise would move y alike.
        """
        layout, mean = (
            self.model.layout,
            self.model.prior.mean_vector(self.model.n_features),
        )
        lines = (layout.lines,) if layout.classes else ()
        location = layout.join(
            np.zeros(lines) if lines else 0.0,
            np.broadcast_to(mean, (*lines, len(mean))),
        )
        if not self.model.unknown_scales:
            return location
        statistics = self.model.statistics
        root_n = np.sqrt(statistics.total_weight)
        noise_sd = _positive(float(np.linalg.norm(statistics.factor[:, -1])) / root_n)
        columns = _positive(float(np.linalg.norm(statistics.factor[:, :-1])) / root_n)
        relative = self.model.prior.relative_to_noise
        guess = {
            NOISE_SD: noise_sd,
            PRIOR_SD: (1.0 if relative else noise_sd) / columns,
        }
        return np.append(
            location, [np.log(guess[name]) for name in self.model.unknown_scales]
        )

    @cached_property
    def scale(self) -> FloatArray:
        """One over the root of the curvature along each axis at the origin; 1 where it is not positive."""
        smooth = self.model.is_smooth
        curvature = np.diag(
            -self._hessian(self.origin)
            if smooth
            else self._centred.information(self.origin)
        )
        return np.where(curvature > 0, curvature, 1.0) ** -0.5

    def parameters(self, u: FloatArray) -> FloatArray:
        """Return the parameters of the model at u; rows of u give rows of parameters."""
        natural = self._natural(self.origin + self.scale * u)
        self._move_origin(natural, 1.0)
        return natural

    def free(self, parameters: FloatArray) -> FloatArray:
        """Return u at parameters of the model."""
        free = np.array(parameters, dtype=float)
        self._move_origin(free, -1.0)
        if self._n_scales:
            free[-self._n_scales :] = np.log(free[-self._n_scales :])
        return (free - self.origin) / self.scale

    def log_density(self, u: FloatArray) -> float:
        """Return the log density at u, up to the constant log determinant of the scaling."""
        return self.log_density_and_gradient(u)[0]

    def gradient(self, u: FloatArray) -> FloatArray:
        """Return the gradient of the log density at u."""
        return self.log_density_and_gradient(u)[1]

    def log_density_and_gradient(self, u: FloatArray) -> tuple[float, FloatArray]:
        """Return both at u."""
        free = self.origin + self.scale * u
        natural = self._natural(free)
        value, gradient = self._centred.log_posterior_and_gradient(natural)
        if self._n_scales:
            value += self.log_power * float(np.sum(free[-self._n_scales :]))
            gradient[-self._n_scales :] *= natural[-self._n_scales :]
            gradient[-self._n_scales :] += self.log_power
        return value, self.scale * gradient

    def hessian(self, u: FloatArray) -> FloatArray:
        """Return the Hessian of the log density at u."""
        return self._hessian(self.origin + self.scale * u) * np.outer(
            self.scale, self.scale
        )

    def smooth_part(self, u: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density at u and its gradient without ``absolute_terms``, the value up to a constant."""
        value, gradient = self._centred.smooth_part(self.origin + self.scale * u)
        return value, self.scale * gradient

    def information(self, u: FloatArray) -> FloatArray:
        """Return the curvature to expect at u, of kinks on average."""
        return self._centred.information(self.origin + self.scale * u) * np.outer(
            self.scale, self.scale
        )

    def absolute_terms(self) -> AbsoluteTerms:
        """Return the kinks of minus the log density, as terms in u."""
        rows, targets, slopes = self._centred.absolute_terms()
        return AbsoluteTerms(rows * self.scale, targets - rows @ self.origin, slopes)

    def _move_origin(self, vectors: FloatArray, sign: float) -> None:
        """Move intercepts from the mean row to zero, or back where sign is -1, in place."""
        location = vectors[..., : self.size - self._n_scales]
        _, coef = self.model.layout.split(location)
        self.model.layout.move_origin(
            location, sign * (self._center[-1] - coef @ self._center[:-1])
        )

    def _natural(self, free: FloatArray) -> FloatArray:
        natural = free.copy()
        if self._n_scales:
            natural[..., -self._n_scales :] = np.exp(natural[..., -self._n_scales :])
        return natural

    def _hessian(self, free: FloatArray) -> FloatArray:
        natural = self._natural(free)
        hessian = self._centred.hessian(natural)
        if self._n_scales:
            stretch = np.ones(self.size)
            stretch[-self._n_scales :] = natural[-self._n_scales :]
            hessian = hessian * np.outer(stretch, stretch)
            places = np.arange(self.size - self._n_scales, self.size)
            hessian[places, places] += (stretch * self._centred.gradient(natural))[
                places
            ]
        return hessian


def _positive(value: float) -> float:
    return value if value > 0 else 1.0


def principal_curvatures(hessian: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return eigenvalues and axes (columns) of a Hessian; an eigenvalue that rounding cannot tell from zero is 0."""
    curvatures, axes = np.linalg.eigh(hessian)
    smallest = len(curvatures) * np.finfo(float).eps * curvatures[-1]
    return np.where(np.abs(curvatures) > smallest, curvatures, 0.0), axes
