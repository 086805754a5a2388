r"""The choice of the penalty by a criterion.

.. math:: \hat\alpha = \arg\max_\alpha\, p(y \mid \alpha)
          \;\text{or}\; \arg\min_\alpha\, \{\mathrm{LOO}, \mathrm{GCV}, \mathrm{CV}\}
          \;\text{or}\; \mathrm{median}(\alpha \mid y)
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.optimize import minimize_scalar

from bayes_l2 import arguments, validation
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.model import priors
from bayes_l2.model.layout import NOISE_SD, PENALTY
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.rows import Rows
from bayes_l2.posteriors.mixture import MixturePosterior
from bayes_l2.selection.folds import Folds, require_folds
from bayes_l2.selection.path import PenaltyPath
from bayes_l2.selection.penalties import Edge, PathSearch, ridge_over
from bayes_l2.selection.ridge_path import RidgePath
from bayes_l2.texts import shown

Criterion = Literal["evidence", "loo", "gcv", "cv", "hierarchical"]
# each criterion in words
CRITERIA = {
    "evidence": "evidence",
    "loo": "leave-one-out error",
    "gcv": "GCV",
    "cv": "K-fold error",
    "hierarchical": "the median of its posterior",
}
EDGES = {
    "smallest": "the data ask for no penalty",
    "largest": "no column says much of y",
}
# the ways out where rows are gone
OTHERS = "use by='evidence' or by='gcv'"
FOLDS = "by='cv' with folds=[statistics of each fold]"
RANGE = (1e-3, 1e3)  # of prior sds, in units of one over the size of a direction
PER_DECADE = 4  # prior sds that are tried


@dataclass(frozen=True, eq=False)
class Choice:
    """A penalty, and the criterion that chose it.

    Attributes
    ----------
    model : LinearModel
        The model with the penalty fixed: its scales are numbers, except for a noise sd
        that the prior is relative to.
    penalty : float
        The penalty alpha.
    by : str
        The criterion.
    path : PenaltyPath or None
        All criteria over a path of penalties, of a Gaussian model.
    posterior : MixturePosterior or None
        For "hierarchical": the posterior whose median is the penalty.
    edge : {"smallest", "largest"} or None
        The end at which the criterion is best and has come to its limit. At the
        smallest penalty it asks for none, at the largest for coefficients of zero.
    """

    model: LinearModel
    penalty: float
    by: str
    path: PenaltyPath | None = None
    posterior: MixturePosterior | None = None
    edge: Edge | None = None

    def __repr__(self) -> str:
        edge = f", edge={self.edge!r}" if self.at_edge else ""
        return (
            f"Choice(penalty={self.penalty:.6g}, by={self.by!r}{edge}, "
            f"model={self.model!r})"
        )

    @property
    def at_edge(self) -> bool:
        """Whether the criterion is best at its limit, for a penalty of 0 or infinity.

        Classes and counts have a range of prior sds in the place of a limit.
        """
        return self.edge is not None


def choose_penalty(
    model: LinearModel,
    *,
    by: Criterion = "evidence",
    penalties: Any = None,
    folds: Folds = 5,
    seed: int = 0,
) -> Choice:
    r"""Choose the ridge penalty from the data.

    ==============  ================================================================
    by              the penalty is
    ==============  ================================================================
    "evidence"      where :math:`p(y \mid \sigma, \tau)\, p(\log\sigma)\,
                    p(\log\tau)` is largest, over the prior sd, and the noise sd if it
                    is unknown: the mode of the unknown scales, which is type-II
                    maximum likelihood with ``FlatLogScale`` and not with other priors
    "loo"           that of the path with the least leave-one-out error
    "gcv"           where generalised cross-validation is least
    "cv"            that of the path with the least K-fold error
    "hierarchical"  the median of its exact posterior under the scales' priors
    ==============  ================================================================

    Only the evidence is known for a smooth likelihood that is not Gaussian, by its
    Laplace approximation. The penalty is :math:`1 / \tau^2` where that is largest, with
    :math:`p(\log\tau) = 1` and :math:`\tau` from a thousandth of one over the largest
    to a thousand times one over the smallest root mean square along a direction of the
    columns, taken from their means where there is an intercept.

    Parameters
    ----------
    model, penalties, seed
        As for ``penalty_path``. If the likelihood is not Gaussian, the prior is
        ``priors.Normal(sd)``, its sd does not count, and penalties must be left out.
    by : {"evidence", "loo", "gcv", "cv", "hierarchical"}, default "evidence"
        The criterion.
    folds : int or list of SufficientStatistics, default 5
        For "cv": the number of folds, or the statistics of each fold, as of
        ``SufficientStatistics.folds``. The latter need no rows.

    Returns
    -------
    Choice
        The new model, the penalty, and the path of all criteria.

    Raises
    ------
    ValueError
        If an argument is not valid, "hierarchical" is asked of a known prior sd, the
        rows are needed and gone, or the criterion is the same at every penalty.

    References
    ----------
    MacKay (1992), Neural Computation 4(3); Hastie, Tibshirani and Friedman (2009),
    chapter 7.
    """
    arguments.instance(model, LinearModel, "model")
    validation.one_of(by, tuple(CRITERIA), "by")
    folds = require_folds(folds)
    validation.natural_number(seed, "seed", at_least=0, at_most=2**32 - 1)
    if model.likelihood.is_smooth and not model.likelihood.has_statistics:
        return _choose_by_laplace(model, by, penalties)
    ridge = ridge_over(model, penalties)
    if by == "loo":
        model.require_rows("choosing by loo", f"{OTHERS}, or {FOLDS}")
    if by == "cv" and isinstance(folds, int):
        model.require_rows("choosing by cv", f"{OTHERS}, or {FOLDS}")
    if by == "hierarchical":
        return _choose_by_posterior(ridge, penalties, seed)
    search = PathSearch(ridge, folds if by == "cv" else None, seed)
    path = search.path(penalties)
    place, last = int(np.argmin(path.losses[by])), len(path.penalties) - 1
    edge = None
    if last:
        if search.is_constant(path, by):
            raise ValueError(f"by={by!r} cannot choose: {_constant(by)}")
        edge = search.edge_of(path, by)
    if edge is None and penalties is None and place in (0, last):
        raise ValueError(
            f"by={by!r} cannot choose: the columns fit y exactly, and the smaller the "
            "penalty, the larger the evidence; give a noise sd"
        )
    if edge is not None:
        place = 0 if edge == "smallest" else last
    penalty = float(path.penalties[place])
    if by in ("evidence", "gcv") and 0 < place < last:
        penalty = ridge.refine(by, *path.penalties[[place - 1, place + 1]])
    return Choice(ridge.fixed(penalty), penalty, by, path, edge=edge)


def _constant(by: str) -> str:
    """Return the reason why a criterion that is constant chooses nothing."""
    return (
        f"the {CRITERIA[by]} is the same at every penalty, so the data cannot tell; "
        "give a prior sd"
    )


def _edge(place: int, last: int) -> Edge | None:
    """Return the end of a grid at which a place is, None between the ends."""
    if 0 < place < last:
        return None
    return "smallest" if place == 0 else "largest"


def _choose_by_laplace(model: LinearModel, by: str, penalties: Any) -> Choice:
    """Choose by the Laplace evidence, on a grid and then between its best points."""
    likelihood, prior = model.likelihood, model.prior
    if by != "evidence":
        raise ValueError(
            f"by must be 'evidence' for {shown(likelihood)}, got {shown(by)}"
        )
    if penalties is not None:
        raise ValueError(
            f"penalties must be left out for {shown(likelihood)}: the prior sd is "
            "searched for"
        )
    if prior.is_flat or not prior.is_ridge:
        raise ValueError(
            "a penalty to choose needs the prior priors.Normal(sd) with one sd and "
            f"mean 0, got {shown(prior)}"
        )
    rows = model.require_rows(
        "choosing by evidence",
        "use fit_laplace at some prior sds, and keep the one of largest log_evidence",
    )
    smallest, largest = _sizes_of_directions(rows, model.intercept)

    def at(log_sd: float) -> LinearModel:
        return replace(model, prior=priors.Normal(float(np.exp(log_sd))))

    def loss(log_sd: float) -> float:
        return -fit_laplace(at(log_sd)).log_evidence

    low, high = np.log(RANGE[0] / largest), np.log(RANGE[1] / smallest)
    grid = np.linspace(low, high, 1 + round(PER_DECADE * (high - low) / np.log(10)))
    losses, last = np.array([loss(each) for each in grid]), len(grid) - 1
    if np.ptp(losses) <= 1e-9 * model.n_rows:
        raise ValueError(f"by={by!r} cannot choose: {_constant(by)}")
    place = int(np.argmin(losses))
    best, edge = float(grid[place]), _edge(last - place, last)
    if edge is None:
        bounds = (grid[place - 1], grid[place + 1])
        found: Any = minimize_scalar(loss, bounds=bounds, options={"xatol": 1e-4})
        best = float(found.x)
    chosen = at(best)
    return Choice(chosen, chosen.penalty, by, edge=edge)


def _sizes_of_directions(rows: Rows, intercept: bool) -> tuple[float, float]:
    """Return the least and the largest root mean square of the columns' directions.

    Directions below 1e-9 of the largest are taken to be the rounding of others.
    """
    statistics = rows.statistics
    few, _ = statistics.equivalent_rows(centred=intercept)
    found = np.linalg.svd(few / np.sqrt(statistics.total_weight))[1]
    found = found[found > 1e-9 * found[0]]
    return (float(found[-1]), float(found[0])) if len(found) else (1.0, 1.0)


def _choose_by_posterior(ridge: RidgePath, penalties: Any, seed: int) -> Choice:
    model = ridge.model
    if model.prior.spread.is_known:
        raise ValueError(
            "choosing by hierarchical needs a prior on the prior sd, such as "
            f"priors.Normal(priors.HalfCauchy(20)); got {shown(model.prior)}"
        )
    posterior = fit_exact(model)
    assert isinstance(posterior, MixturePosterior)
    penalty = posterior.marginal(PENALTY).median()
    noise_sd = None
    if NOISE_SD in model.unknown_scales:
        noise_sd = posterior.marginal(NOISE_SD).median()
    path = PathSearch(ridge, None, seed).path(penalties)
    fixed = ridge.fixed(penalty, noise_sd)
    return Choice(fixed, penalty, "hierarchical", path, posterior)


def _scales_have_priors(path: PenaltyPath) -> bool:
    """Return whether ``log_evidence`` has prior densities that are not constant."""
    model = path.model
    scales = (model.likelihood.noise, model.gaussian_prior.spread)
    flat = priors.FlatLogScale
    return any(not (each.is_known or isinstance(each, flat)) for each in scales)


def choice_line(choice: Choice) -> str:
    """Return the choice of the penalty in one line."""
    by_laplace = choice.path is None
    by = CRITERIA[choice.by] + (" (Laplace approximation)" if by_laplace else "")
    if choice.by == "evidence" and choice.path and _scales_have_priors(choice.path):
        by += " times the priors of the scales"
    line = f"Penalty chosen by {by}: α = {choice.penalty:.4g}"
    if choice.edge is None:
        return line + _end_of_given(choice)
    asked = EDGES[choice.edge]
    if choice.edge == "smallest" and choice.model.classes is not None:
        asked = "planes separate the classes, or nearly, so give a prior sd"
    return f"{line}, the {choice.edge} tried: {asked}"


def _end_of_given(choice: Choice) -> str:
    """Return words on a penalty at an end of a path that does not reach the limit."""
    if choice.path is None or len(choice.path.penalties) == 1:
        return ""
    for name, place in (("smallest", 0), ("largest", -1)):
        if choice.penalty == choice.path.penalties[place]:
            return f", the {name} given: one beyond it is better"
    return ""
