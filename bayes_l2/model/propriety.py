"""When a posterior is proper, and when a joint density has a maximum: by the powers of the scales in their limits."""

from collections.abc import Iterator

import numpy as np

from bayes_l2.arrays import FloatArray, norms, triangular_factor
from bayes_l2.model.layout import NOISE_SD, PRIOR_SD
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.model.priors import Flat
from bayes_l2.model.scales import ScalePrior
from bayes_l2.model.separation import separation
from bayes_l2.model.sufficient_statistics import SufficientStatistics

ROUNDING = 64 * np.finfo(float).eps


def require_proper(model: LinearModel) -> None:
    r"""Refuse a model whose posterior is improper, because of flat coefficients or of unknown scales.

    With the intercept and flat coefficients integrated out, n' rows are left, of which r can tell the penalised
    coefficients. The marginal likelihood goes as :math:`\sigma^{-n'}` for large noise sds, as :math:`\tau^{-r}` for
    large prior sds, tends to a positive constant for small prior sds, and goes as :math:`\sigma^{-(n' - r)}` for small
    noise sds if the columns fit y exactly (else it vanishes). Under a prior relative to the noise it is the prior mean
    that has to fit for that, and the power is n'; the columns count where noise sds are small and relative prior sds
    large together. The prior of each scale has to make up for these.

    Raises
    ------
    ValueError
        If it is improper; the message names the scale, the limit and the condition.
    """
    require_determined(model)
    if not model.unknown_scales:
        return
    scales, rows = model.unknown_scales, rows_left(model)
    rank = 0 if isinstance(model.prior, Flat) else numerical_rank(model)
    relative = model.prior.relative_to_noise
    prior_sd, noise_sd = scales.get(PRIOR_SD), scales.get(NOISE_SD)
    if noise_sd is not None:
        if noise_sd.power_at_infinity + 1 >= rows:
            raise ValueError(
                f"the posterior is improper at large {NOISE_SD}: under {noise_sd} more than "
                f"{noise_sd.power_at_infinity + 1:g} rows must be left after the flat intercept and coefficients are "
                f"taken from {model.statistics.n_rows}, got {rows}; add rows, or use a prior such as priors.HalfNormal"
            )
        missing = rows - (0 if relative else rank)
        if (
            fits_exactly(model, by_prior_mean=relative)
            and noise_sd.power_at_zero + 1 <= missing
        ):
            raise ValueError(
                f"the posterior is improper at small {NOISE_SD}: the prior mean or the columns fit y exactly, and the "
                f"density goes as {NOISE_SD}^{noise_sd.power_at_zero - missing:g} there; use priors.InverseGamma"
            )
    if prior_sd is not None:
        if prior_sd.power_at_zero <= -1:
            raise ValueError(
                f"the posterior is improper at small {PRIOR_SD}: the likelihood does not vanish there, and {prior_sd} "
                "cannot be integrated; use priors.FlatScale() or a proper prior"
            )
        if prior_sd.power_at_infinity + 1 >= rank:
            raise ValueError(
                f"the posterior is improper at large {PRIOR_SD}: under {prior_sd} the columns must determine more "
                f"than {prior_sd.power_at_infinity + 1:g} coefficients, got {rank}; use a proper prior"
            )
    if noise_sd is not None and prior_sd is not None:
        _require_proper_together(model, noise_sd, prior_sd, rows, rank)


def _require_proper_together(
    model: LinearModel, noise_sd: ScalePrior, prior_sd: ScalePrior, rows: int, rank: int
) -> None:
    """Refuse a posterior that is improper where both scales go to a limit together."""
    if not model.prior.relative_to_noise:
        power = noise_sd.power_at_infinity + prior_sd.power_at_infinity + 2
        if power >= rows:
            raise ValueError(
                f"the posterior is improper where {NOISE_SD} and {PRIOR_SD} are large together: under {noise_sd} and "
                f"{prior_sd} more than {power:g} rows must be left after the intercept, got {rows}"
            )
        power = noise_sd.power_at_zero + prior_sd.power_at_zero + 2
        if power <= rows and fits_exactly(model, by_prior_mean=True):
            raise ValueError(
                f"the posterior is improper where {NOISE_SD} and {PRIOR_SD} are small together: the prior mean fits y "
                f"exactly, and {rows} rows are as many as {power:g} or more; use priors.InverseGamma"
            )
    elif (
        noise_sd.power_at_zero - prior_sd.power_at_infinity <= rows - rank
        and fits_exactly(model)
    ):
        raise ValueError(
            f"the posterior is improper where {NOISE_SD} is small and {PRIOR_SD} large, their product being what it "
            "is: the columns fit y exactly; use priors.InverseGamma"
        )


def require_determined(model: LinearModel) -> None:
    """Refuse coefficients with a flat prior that the rows do not determine."""
    if not isinstance(model.prior, Flat):
        return
    if model.likelihood.sd is None:
        _require_independent_columns(model)
        if model.classes is not None:
            _require_overlap(model)
    else:
        features, _ = model.statistics.equivalent_rows(centred=model.intercept)
        p = model.n_features
        root = triangular_factor(np.vstack([features, np.zeros((p, p))]))
        require_full_rank(root, model.statistics, 1.0, model.feature_names)


def _centred_rows(model: LinearModel) -> FloatArray:
    X, _ = model.rows("a flat prior")
    return (
        np.column_stack([np.ones(len(X)), X - X.mean(axis=0)]) if model.intercept else X
    )


def _require_independent_columns(model: LinearModel) -> None:
    """Refuse columns that depend on each other: the likelihood does not change along a combination of them."""
    rows = _centred_rows(model)
    rank = np.linalg.matrix_rank(
        rows / norms(rows, axis=0).clip(min=np.finfo(float).tiny)
    )
    if rank < rows.shape[1]:
        raise ValueError(
            f"the posterior is improper: under a flat prior the {rows.shape[1]} columns, the intercept among them, "
            f"must be independent, and their rank is {rank}; use priors.Normal(sd)"
        )


def _require_overlap(model: LinearModel) -> None:
    """Refuse classes that planes part: their likelihood has no maximum and no integral."""
    rows, y = _centred_rows(model), model.rows("a flat prior")[1]
    parted = "a plane parts the two classes"
    if model.layout.classes:
        # as two classes are, where each row less itself in the place of another class is to be on the positive side
        lines, (n, width) = model.layout.lines, rows.shape
        own, others = np.zeros((2, n, lines, lines, width))
        for k in range(lines):
            own[y == k, :, k] = rows[y == k, np.newaxis]
            others[:, k, k] = rows
        pairs = (own - others).reshape(n * lines, lines, width)
        rows = (pairs[:, :-1] - pairs[:, -1:]).reshape(n * lines, -1)
        y, parted = np.ones(n * lines), "planes part the classes"
    if separation(rows, y).kind != "none":
        raise ValueError(
            f"the posterior is improper, and its density has no maximum: {parted}, and the likelihood grows without "
            "end that way; use priors.Normal(sd)"
        )


def require_full_rank(
    root: FloatArray,
    statistics: SufficientStatistics,
    noise_sd: float,
    names: tuple[str, ...],
) -> None:
    """Refuse a coefficient whose precision given the later ones is within rounding error of zero."""
    rows = np.vstack(
        [
            np.sqrt(statistics.total_weight) * statistics.mean[:-1],
            statistics.factor[:, :-1],
        ]
    )
    rounding = (
        max(statistics.n_rows, len(root))
        * np.finfo(float).eps
        * norms(rows / noise_sd, axis=0)
    )
    for name, entry, bound in zip(names, np.diag(root), rounding, strict=True):
        if entry <= bound:
            raise ValueError(
                f"the rows do not determine the coefficient of column {name!r}, and the prior is flat or nearly so: "
                "the column is constant or a combination of other columns, or there are too few rows; "
                "drop it, or use priors.Normal(sd) with a smaller sd"
            )


def require_bounded_density(model: LinearModel, log_power: float) -> None:
    r"""Refuse a joint density of coefficients and unknown scales that grows without bound.

    With every coefficient at its prior mean the joint density goes as :math:`\tau^{-p}` times the prior of
    :math:`\tau` as that tends to 0; with coefficients that fit y exactly, as :math:`\sigma^{-n}` times its prior, or
    :math:`\sigma^{-n - p}` where these are the mean of a prior relative to the noise.

    Parameters
    ----------
    model : LinearModel
        The model.
    log_power : float
        The density is that in the sds times each of them to this power.

    Raises
    ------
    ValueError
        If it is unbounded; the message says where.
    """
    noise_sd, prior_sd = (
        model.unknown_scales.get(name) for name in (NOISE_SD, PRIOR_SD)
    )
    if noise_sd and prior_sd and model.prior.relative_to_noise:
        power = (
            noise_sd.power_at_zero
            - prior_sd.power_at_infinity
            - model.statistics.n_rows
        )
        if power < 0 and fits_exactly(model):
            raise ValueError(
                f"the density has no maximum: where the coefficients fit y exactly and {PRIOR_SD} times {NOISE_SD} is "
                f"fixed, it grows as {NOISE_SD}^{power:g} for {NOISE_SD} towards 0; integrate both out with fit_exact"
            )
    for name, power, where in limits_at_zero(model, log_power):
        if power < 0:
            raise ValueError(
                f"the density has no maximum: where {where} it grows as {name}^{power:g} for {name} towards 0; "
                f"integrate {name} out with fit_exact"
            )


def limits_at_zero(
    model: LinearModel, log_power: float
) -> Iterator[tuple[str, float, str]]:
    """Yield each unknown scale whose joint density may grow towards 0, its power there, and where that is."""
    for name, prior in model.unknown_scales.items():
        power = prior.power_at_zero + log_power
        if name == PRIOR_SD:
            yield (
                name,
                power - model.n_features,
                "every coefficient is at its prior mean",
            )
        elif fits_exactly(model, by_prior_mean=model.prior.relative_to_noise):
            count = (
                model.statistics.n_rows
                + model.n_features * model.prior.relative_to_noise
            )
            yield name, power - count, "the coefficients fit y exactly"


def rows_left(model: LinearModel) -> int:
    """Return the number of rows less that of flat parameters: the intercept, and coefficients of a flat prior."""
    flat = model.n_features if isinstance(model.prior, Flat) else 0
    return model.statistics.n_rows - int(model.intercept) - flat


def fits_exactly(model: LinearModel, *, by_prior_mean: bool = False) -> bool:
    """Return whether, to rounding, some coefficients fit every row, or those of the prior mean do."""
    features, response = model.statistics.equivalent_rows(centred=model.intercept)
    if by_prior_mean:
        residual = response - features @ model.prior.mean_vector(model.n_features)
    else:
        sizes = np.abs(features).max(axis=0, initial=0.0)
        scaled = features / np.where(sizes > 0, sizes, 1.0)
        residual = response - scaled @ np.linalg.lstsq(scaled, response)[0]
    return float(np.linalg.norm(residual)) <= ROUNDING * len(response) * float(
        np.linalg.norm(response)
    )


def numerical_rank(model: LinearModel) -> int:
    """Return how many directions of the columns, each scaled to size 1, the rows tell apart."""
    features, _ = model.statistics.equivalent_rows(centred=model.intercept)
    sizes = np.abs(features).max(axis=0, initial=0.0)
    return int(np.linalg.matrix_rank(features / np.where(sizes > 0, sizes, 1.0)))
