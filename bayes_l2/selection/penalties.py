"""The penalties of a path: those that are given, or those that criteria ask for."""

from collections.abc import Collection
from typing import Any, Literal

import numpy as np

from bayes_l2 import arguments, validation
from bayes_l2.arrays import FloatArray
from bayes_l2.fits.units import refused_beyond_doubles
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.criteria import Criteria
from bayes_l2.selection.folds import Folds, require_folds
from bayes_l2.selection.path import PenaltyPath
from bayes_l2.selection.ridge_path import RidgePath

Edge = Literal["smallest", "largest"]
EDGES: tuple[Edge, Edge] = ("smallest", "largest")

RAISED: dict[str, Any] = dict.fromkeys(("over", "invalid", "divide"), "raise")
PER_DECADE = 4  # penalties beyond the default ones
BATCH = 4 * PER_DECADE
FLAT = 2  # decades over which a criterion at its limit does not change
# Decades beyond the default penalties. Errors are linear in the penalty, or in one over
# it, so that doubles see no change further out. The evidence has no such limit.
FARTHEST = {"evidence": 60, "loo": 22, "gcv": 22, "cv": 22}
ROUNDING = 1e-12  # of a criterion, relative to it
VANISHED = 1e-40  # of an error, relative to the largest: the limit is 0
CONSTANT = 100  # roundings within which a criterion says nothing


def penalty_path(
    model: LinearModel,
    penalties: Any = None,
    *,
    folds: Folds | None = None,
    seed: int = 0,
) -> PenaltyPath:
    """Compute ridge solutions and all criteria for a path of penalties.

    Parameters
    ----------
    model : LinearModel
        Its prior is ``priors.Normal(sd)``, whose sd only counts if it is a prior on the
        scale, or ``priors.Flat()``, which does not count. Its noise sd is kept if it is
        a number.
    penalties : array_like of shape (m,), optional
        Positive penalties; by default 100 from a thousandth of the smallest to a
        thousand times the largest squared singular value of the centred columns, within
        24 decades. Where a criterion is best at an end of them, more follow, four a
        decade, until it is best between the ends or changes by rounding only.
    folds : int or list of SufficientStatistics, optional
        Number of folds of K-fold cross-validation, or the statistics of each fold, as
        of ``SufficientStatistics.folds``; none by default.
    seed : int, default 0
        Deals the rows to a number of folds.

    Returns
    -------
    PenaltyPath
        See its attributes.

    Raises
    ------
    ValueError
        If an argument is not valid, folds do not add up to the model's rows, or a
        number of folds is asked for and the rows are gone.
    """
    arguments.instance(model, LinearModel, "model")
    validation.natural_number(seed, "seed", at_least=0, at_most=2**32 - 1)
    if folds is not None:
        folds = require_folds(folds)
    ridge = ridge_over(model, penalties)
    return PathSearch(ridge, folds, seed).path(penalties)


def ridge_over(model: LinearModel, penalties: Any) -> RidgePath:
    """Return the ridge solutions of a model, accurate at the penalties given."""
    least = None if penalties is None else float(_valid_penalties(penalties)[0])
    with refused_beyond_doubles(model, **RAISED):
        return RidgePath(model, least)


class PathSearch:
    """Paths of one model, and what lies beyond their ends.

    Parameters
    ----------
    ridge : RidgePath
        The ridge solutions of the model.
    folds, seed
        As for ``penalty_path``.
    """

    def __init__(self, ridge: RidgePath, folds: Folds | None, seed: int) -> None:
        basis = ridge.basis
        if basis.rows < 1:
            raise ValueError(
                f"at least {1 + int(ridge.model.intercept)} rows are needed to choose "
                "a penalty, got 1"
            )
        if not (basis.residual or basis.projections.any()):
            raise ValueError(
                "y is constant, or the prior mean fits it exactly: no criterion can "
                "choose a penalty"
            )
        self.ridge, self._criteria = ridge, Criteria(ridge, folds, seed)

    def path(self, penalties: Any) -> PenaltyPath:
        """Return the path over penalties, or over those that criteria ask for."""
        with refused_beyond_doubles(self.ridge.model, **RAISED):
            return self._path(penalties)

    def _path(self, penalties: Any) -> PenaltyPath:
        if penalties is not None:
            return self._criteria.at(_valid_penalties(penalties))
        start = self._criteria.at(self.ridge.default_penalties())
        path = start
        for edge in EDGES:
            path = self._followed(path, edge, start.losses)
        low, high = (self._unwanted(path, start, edge) for edge in EDGES)
        return path.between(low, len(path.penalties) - high)

    def edge_of(self, path: PenaltyPath, by: str) -> Edge | None:
        """Return the end at which a criterion is best and at its limit, if any."""
        rounding = self._rounding(path, by)
        at_best = path.losses[by].min() + rounding
        for edge in EDGES:
            if _inwards(path.losses[by], edge)[0] <= at_best:
                beyond = self._followed(path, edge, (by,)).losses[by]
                if beyond.min() >= at_best - 2 * rounding:
                    return edge
        return None

    def is_constant(self, path: PenaltyPath, by: str) -> bool:
        """Return whether a criterion is the same at all penalties, but for rounding."""
        width = float(np.ptp(path.losses[by]))
        return width <= CONSTANT * self._rounding(path, by)

    def _followed(
        self, path: PenaltyPath, edge: Edge, criteria: Collection[str]
    ) -> PenaltyPath:
        """Return the path with penalties beyond an end, as far as criteria ask."""
        steps = 10 ** (np.arange(1, BATCH + 1) / PER_DECADE)
        while any(self._asks(path, edge, by) for by in criteria):
            if edge == "smallest":
                more = self._criteria.at(path.penalties[0] / steps[::-1])
                path = more.followed_by(path)
            else:
                more = self._criteria.at(path.penalties[-1] * steps)
                path = path.followed_by(more)
        return path

    def _asks(self, path: PenaltyPath, edge: Edge, by: str) -> bool:
        """Return whether a criterion may be better beyond an end."""
        values, decades = path.losses[by], np.log10(path.penalties)
        low, high = np.log10(self.ridge.range_of_penalties)
        depth = low - decades[0] if edge == "smallest" else decades[-1] - high
        if depth < -1e-9:
            return True  # some direction of the coefficients is not seen yet
        values = _inwards(values, edge)
        return (
            depth < FARTHEST[by]
            and bool(values[0] <= values.min() + self._rounding(path, by))
            and not self._is_flat(path, edge, by)
        )

    def _is_flat(self, path: PenaltyPath, edge: Edge, by: str) -> bool:
        """Return whether a criterion changes by rounding only near an end."""
        values = _inwards(path.losses[by], edge)
        decades = _inwards(np.log10(path.penalties), edge)
        near = values[np.abs(decades - decades[0]) <= FLAT]
        return bool(np.ptp(near) <= self._rounding(path, by))

    def _unwanted(self, path: PenaltyPath, start: PenaltyPath, edge: Edge) -> int:
        """Return how many of the penalties that follow an end serve no criterion."""
        first = _inwards(start.penalties, edge)[0]
        added = int(np.flatnonzero(_inwards(path.penalties, edge) == first)[0])
        wanted = [added]
        for by, losses in path.losses.items():
            values, rounding = _inwards(losses, edge), self._rounding(path, by)
            place = int(np.argmin(values)) - PER_DECADE
            if values[0] <= values.min() + rounding:
                # a criterion that has no limit is not followed at all
                place = added
                if self._is_flat(path, edge, by):
                    changed = np.abs(values - values[0]) > rounding
                    place = int(np.argmax(changed)) - 1 - FLAT * PER_DECADE
            wanted.append(max(place, 0))
        return min(wanted)

    def _rounding(self, path: PenaltyPath, by: str) -> float:
        """Return the size of differences of a criterion that are only rounding."""
        values, statistics = path.losses[by], self.ridge.model.statistics
        best = float(values.min())
        if by == "evidence":
            return ROUNDING * (statistics.n_rows + abs(best))
        size = ROUNDING * best + VANISHED * float(values.max())
        if by == "cv":  # of y less a prediction, where the others are sums
            spread = np.linalg.norm(statistics.factor[:, -1])
            scale = abs(statistics.mean[-1]) + spread * statistics.total_weight**-0.5
            size += 1e-14 * float(scale) * best**0.5
        return size


def _inwards(values: FloatArray, edge: Edge) -> FloatArray:
    """Return values along a path from an end of it."""
    return values if edge == "smallest" else values[::-1]


def _valid_penalties(penalties: Any) -> FloatArray:
    values = np.unique(validation.vector(penalties, "penalties"))
    if len(values) == 0 or values[0] <= 0:
        seen = values[0] if len(values) else "none"
        raise ValueError(f"penalties must be positive, got {seen}")
    return values
