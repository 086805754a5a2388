"""A model's penalty in the units of another library."""

from typing import Any

import numpy as np

from bayes_l2 import arguments
from bayes_l2.conventions.catalogue import find
from bayes_l2.conventions.convention import Scale, SummedLoss
from bayes_l2.conventions.conversion import Conversion, convert
from bayes_l2.conventions.quantities import quantities_of
from bayes_l2.model import likelihoods, pairs, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.partitioned.rows import PartitionedRows
from bayes_l2.texts import shown


def penalty_in(
    model: LinearModel, convention: str, *, batch_size: int | None = None
) -> Conversion:
    """Return the penalty of a model in another library's units.

    It is ``convert`` with n, weights, sds and noise sd of the model. Without an
    intercept the sds are those that the library takes then.

    Parameters
    ----------
    model : LinearModel
        The model.
    convention : str
        Name of the convention, such as "glmnet" or "ElasticNet".
    batch_size : int, optional
        Rows in a minibatch.

    Returns
    -------
    Conversion
        The setting, its formula, assumptions and warnings.

    Raises
    ------
    ValueError
        As for ``model.penalty`` and ``convert``; if the convention is of another loss,
        or no convention has the model's loss and penalty.
    """
    arguments.instance(model, LinearModel, "model")
    loss, source = pairs.entry(
        SOURCES,
        model.likelihood,
        model.prior,
        route="penalty_in",
        instead="no library's setting has this loss and penalty",
    )
    target = find(convention, "convention")
    if target.summed not in (loss, SummedLoss.ANY):
        raise ValueError(
            f"convention must be one with the loss of {shown(model.likelihood)}: "
            f"{target.name} has another"
        )
    value = _setting(model, source)
    noise = model.likelihood.noise
    model.require_in_memory("penalty_in", "use convert, with n and the sds of columns")
    assert not isinstance(model.data, PartitionedRows)
    statistics = model.data.statistics
    facts: dict[str, Any] = statistics.summary() | {"batch_size": batch_size}
    if not model.intercept:
        means = {"x_sd": statistics.mean[:-1], "y_sd": statistics.mean[-1]}
        for name, mean in means.items():
            if target.scale_without(name) is Scale.ABOUT_ZERO:
                facts[name] = np.hypot(facts[name], mean)
    facts["noise_sd"] = (
        noise.value if loss is SummedLoss.SQUARED and noise.is_known else None
    )
    names = {*quantities_of(source, convention), "weight_sum", "batch_size"}
    given: dict[str, Any] = {name: facts[name] for name in names}
    return convert(value, source, convention, intercept=model.intercept, **given)


def _setting(model: LinearModel, source: str) -> float:
    """Return the value of the model's penalty in the convention ``source``."""
    match source:
        case "laplace-scale":
            if model.prior.size is not None:
                raise ValueError(
                    "penalty_in needs one prior scale for all columns, got "
                    f"{shown(model.prior)}"
                )
            return 1 / float(model.prior.kink_slope)
        case "ridge":
            return model.penalty
        case "prior-sd":
            if not model.penalty:
                raise ValueError(
                    f"penalty_in needs a penalty under {shown(model.likelihood)}, "
                    f"got {shown(model.prior)}"
                )
            return model.penalty**-0.5
    raise ValueError(f"unknown source {shown(source)}")


SQUARED, LOGISTIC = likelihoods.Normal, (likelihoods.Bernoulli, likelihoods.Categorical)
SOURCES: dict[pairs.Pair, tuple[SummedLoss, str]] = {
    (SQUARED, priors.Flat): (SummedLoss.SQUARED, "ridge"),
    (SQUARED, priors.Normal): (SummedLoss.SQUARED, "ridge"),
    (SQUARED, priors.Laplace): (SummedLoss.SQUARED, "laplace-scale"),
}
for _loss in LOGISTIC:
    SOURCES[_loss, priors.Flat] = SOURCES[_loss, priors.Normal] = (
        SummedLoss.LOGISTIC,
        "prior-sd",
    )
    SOURCES[_loss, priors.Laplace] = SummedLoss.LOGISTIC, "laplace-scale"
