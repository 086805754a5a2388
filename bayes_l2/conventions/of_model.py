"""A model's penalty in the units of another library."""

from typing import Any

from bayes_l2.conventions.catalogue import find
from bayes_l2.conventions.convention import Loss
from bayes_l2.conventions.conversion import Conversion, convert, quantities_of
from bayes_l2.model import priors
from bayes_l2.model.likelihoods import Laplace
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.scales import ScalePrior


def penalty_in(
    model: LinearModel, convention: str, *, batch_size: int | None = None
) -> Conversion:
    """Return the penalty in another library's units: ``convert`` with n, weights, sds and noise from this model.

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

    Raises
    ------
    ValueError
        As for ``penalty`` and ``convert``, and if the convention is of another loss.
    """
    if isinstance(model.likelihood, Laplace):
        raise ValueError(
            f"penalty_in knows no convention with the loss of {model.likelihood!r}"
        )
    gaussian = model.likelihood.sd is not None
    own, target = (
        Loss.SQUARED if gaussian else Loss.LOGISTIC,
        find(convention, "convention"),
    )
    if target.summed not in (own, Loss.ANY):
        raise ValueError(
            f"convention must be one with the loss of {model.likelihood!r}: {target.name} has another"
        )
    if isinstance(model.prior, priors.Laplace):
        value, source = model.prior.scale, "laplace-scale"
    elif gaussian:
        value, source = model.penalty, "ridge"
    elif model.penalty:
        value, source = model.penalty**-0.5, "prior-sd"
    else:
        raise ValueError(
            f"penalty_in needs a penalty under {model.likelihood!r}, got {model.prior!r}"
        )
    facts = (model.statistics if gaussian else model.reduced()).summary() | {
        "batch_size": batch_size
    }
    facts["noise_sd"] = (
        None if isinstance(model.likelihood.sd, ScalePrior) else model.likelihood.sd
    )
    names = {*quantities_of(source, convention), "weight_sum", "batch_size"}
    given: dict[str, Any] = {name: facts[name] for name in names}
    return convert(value, source, convention, intercept=model.intercept, **given)
