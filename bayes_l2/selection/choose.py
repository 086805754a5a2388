"""Choose the penalty: by evidence, leave-one-out, generalised or K-fold cross-validation, or its posterior."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from scipy.optimize import minimize_scalar

from bayes_l2 import validation
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.laplace import fit_laplace
from bayes_l2.model import priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.posteriors.mixture import MixturePosterior
from bayes_l2.selection.path import PenaltyPath, RidgePath

Criterion = Literal["evidence", "loo", "gcv", "cv", "hierarchical"]
CRITERIA = ("evidence", "loo", "gcv", "cv", "hierarchical")


@dataclass(frozen=True, eq=False)
class Choice:
    """A penalty chosen, and what it was chosen from.

    Attributes
    ----------
    model : LinearModel
        The model with the penalty fixed: its scales are numbers, but for a noise sd that the prior is relative to.
    penalty : float
        The penalty alpha.
    by : str
        The criterion.
    path : PenaltyPath or None
        All criteria over a path of penalties, of a Gaussian model.
    posterior : MixturePosterior or None
        For "hierarchical": the posterior that the penalty is the median of.
    edge : {"smallest", "largest"} or None
        The end of the penalties tried at which the criterion is best, if it is: at the smallest it asks for none, at
        the largest for coefficients that are zero.
    """

    model: LinearModel
    penalty: float
    by: str
    path: PenaltyPath | None = field(default=None, repr=False)
    posterior: MixturePosterior | None = field(default=None, repr=False)
    edge: Literal["smallest", "largest"] | None = None

    @property
    def at_edge(self) -> bool:
        """Whether the criterion is best at an end of what was tried."""
        return self.edge is not None


def choose_penalty(
    model: LinearModel,
    *,
    by: Criterion = "evidence",
    penalties: Any = None,
    folds: int = 5,
    seed: int = 0,
) -> Choice:
    r"""Choose the ridge penalty from the data.

    ==============  =============================================================================================
    by              the penalty is
    ==============  =============================================================================================
    "evidence"      where :math:`p(y \mid \sigma, \tau)\, p(\log\sigma)\, p(\log\tau)` is largest, over the prior sd
                    and a noise sd that is no number (with ``FlatLogScale``, type-II maximum likelihood)
    "loo"           that of the path with the least leave-one-out error
    "gcv"           where generalised cross-validation is least
    "cv"            that of the path with the least K-fold error
    "hierarchical"  the median of its exact posterior, as the scales' priors have it
    ==============  =============================================================================================

    Of classes only the evidence is known, by its Laplace approximation: the penalty is :math:`1 / \tau^2` where that
    times :math:`p(\log\tau) = 1` is largest, :math:`\tau` between a thousandth and a thousand times one over the root
    mean square of the columns, from their means where there is an intercept.

    Parameters
    ----------
    model, penalties, seed
        As for ``penalty_path``; of classes the prior is ``priors.Normal(sd)``, its sd any, and penalties are left out.
    by : {"evidence", "loo", "gcv", "cv", "hierarchical"}, default "evidence"
        The criterion.
    folds : int, default 5
        For "cv".

    Returns
    -------
    Choice
        The new model, the penalty, and the path of all criteria.

    Raises
    ------
    ValueError
        If an argument is not valid, "hierarchical" is asked of a prior sd that is a number, or the rows are needed and
        gone.

    References
    ----------
    MacKay (1992), Neural Computation 4(3); Hastie, Tibshirani and Friedman (2009), chapter 7.
    """
    validation.one_of(by, CRITERIA, "by")
    validation.natural_number(folds, "folds", at_least=2)
    validation.natural_number(seed, "seed", at_least=0)
    if model.classes is not None:
        return _choose_by_laplace(model, by, penalties)
    path_of = RidgePath(model)
    if by in ("loo", "cv"):
        model.rows(f"choosing by {by}")
    if by == "hierarchical":
        return _choose_by_posterior(path_of, penalties, seed)
    path = path_of.over(penalties, folds if by == "cv" else None, seed)
    place = int(np.argmin(path.losses[by]))
    last = len(path.penalties) - 1
    edge = (
        None
        if place not in (0, last) or last == 0
        else "smallest"
        if place == 0
        else "largest"
    )
    penalty = float(path.penalties[place])
    if by in ("evidence", "gcv") and edge is None and len(path.penalties) > 2:
        penalty = path_of.refine(
            by, path.penalties[place - 1], path.penalties[place + 1]
        )
    return Choice(path_of.fixed(penalty), penalty, by, path, edge=edge)


def _choose_by_laplace(model: LinearModel, by: str, penalties: Any) -> Choice:
    """Choose the penalty of a model of classes by its Laplace evidence: along a grid, then between three points."""
    if by != "evidence":
        raise ValueError(f"by must be 'evidence' for {model.likelihood!r}, got {by!r}")
    if penalties is not None:
        raise ValueError(
            f"penalties must be left out for {model.likelihood!r}: the prior sd is searched for"
        )
    if model.prior.is_flat or not model.prior.is_ridge:
        raise ValueError(
            f"a penalty to choose needs the prior priors.Normal(sd) with mean 0, got {model.prior!r}"
        )
    X, _ = model.rows("choosing by evidence")
    center = np.average(X, axis=0, weights=model.weights) if model.intercept else 0.0
    spread = (
        float(
            np.sqrt(
                np.average(np.mean((X - center) ** 2, axis=1), weights=model.weights)
            )
        )
        or 1.0
    )

    def at(log_sd: float) -> LinearModel:
        return replace(model, prior=priors.Normal(float(np.exp(log_sd) / spread)))

    def loss(log_sd: float) -> float:
        return -fit_laplace(at(log_sd)).log_evidence

    grid = np.linspace(np.log(1e-3), np.log(1e3), 25)
    place = int(np.argmin([loss(each) for each in grid]))
    edge = "largest" if place == 0 else "smallest" if place == len(grid) - 1 else None
    best = float(grid[place])
    if edge is None:
        found: Any = minimize_scalar(
            loss, bounds=(grid[place - 1], grid[place + 1]), options={"xatol": 1e-4}
        )
        best = float(found.x)
    chosen = at(best)
    return Choice(chosen, chosen.penalty, by, edge=edge)


def _choose_by_posterior(path_of: RidgePath, penalties: Any, seed: int) -> Choice:
    model = path_of.model
    if model.prior.spread.is_known:
        raise ValueError(
            f"choosing by hierarchical needs a prior on the prior sd, such as priors.Normal(priors.HalfCauchy(20)); "
            f"got {model.prior!r}"
        )
    posterior = fit_exact(model)
    assert isinstance(posterior, MixturePosterior)
    penalty = posterior.marginal("penalty").median()
    noise_sd = (
        posterior.marginal("noise_sd").median()
        if "noise_sd" in posterior.unknown
        else None
    )
    path = path_of.over(penalties, None, seed)
    return Choice(
        path_of.fixed(penalty, noise_sd), penalty, "hierarchical", path, posterior
    )


def choice_line(choice: Choice) -> str:
    """Return how the penalty was chosen, in one line."""
    names = {
        "evidence": "evidence"
        + (" (Laplace approximation)" if choice.path is None else ""),
        "loo": "leave-one-out error",
        "gcv": "GCV",
        "cv": "K-fold error",
    }
    by = names.get(choice.by, "the median of its posterior")
    edge = ""
    if choice.edge is not None:
        asked = {
            "smallest": "the data ask for no penalty",
            "largest": "no column says much of y",
        }[choice.edge]
        if choice.path is None and choice.edge == "smallest":
            asked = "planes part the classes, or nearly, so give a prior sd"
        edge = f", the {choice.edge} tried: {asked}"
    return f"Penalty chosen by {by}: α = {choice.penalty:.4g}{edge}"
