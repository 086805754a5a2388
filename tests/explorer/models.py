"""Generated models: plain, with collinear columns, far from zero, in unlike units."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bayes_l2 import LinearModel, likelihoods, priors

PRIORS = {
    "HalfNormal": priors.HalfNormal,
    "HalfCauchy": priors.HalfCauchy,
    "HalfStudentT": partial(priors.HalfStudentT, 3),
    "Exponential": priors.Exponential,
}
FLAT = {"FlatScale": priors.FlatScale(), "FlatLogScale": priors.FlatLogScale()}


class Generated(NamedTuple):
    """A model as the explorer takes it, and its kind."""

    kind: str
    fields: dict[str, Any]

    @property
    def model(self) -> LinearModel:
        """The same model of the package."""
        fields = self.fields
        spread = fields["prior_sd"]
        prior = priors.Flat() if spread is None else priors.Normal(scale_of(spread))
        return LinearModel(
            fields["X"],
            fields["y"],
            likelihood=likelihoods.Normal(scale_of(fields["noise_sd"])),
            prior=prior,
            intercept=fields["intercept"],
        )


def scale_of(scale: Any) -> Any:
    """Return the known scale, or the prior of the package."""
    if not isinstance(scale, dict):
        return scale
    if scale["kind"] in FLAT:
        return FLAT[scale["kind"]]
    return PRIORS[scale["kind"]](scale["scale"])


def known_scales(seed: int) -> Generated:
    """Return a model of 3 to 60 rows and 1 to 10 columns, some with a flat prior."""
    rng = np.random.default_rng([19, seed])
    n, p = int(rng.integers(3, 61)), int(rng.integers(1, 11))
    kind = ("plain", "collinear", "offset", "scaled")[rng.integers(4)]
    X = rng.standard_normal((n, p))
    if kind == "collinear" and p > 1:
        apart = 10 ** rng.uniform(-6, -1) * rng.standard_normal(n)
        X[:, -1] = X[:, :-1] @ rng.standard_normal(p - 1) + apart
    if kind == "scaled":
        X *= 10 ** rng.uniform(-3, 3, p)
    if kind == "offset":
        X += 10 ** rng.uniform(0, 5, p)
    y = X @ rng.standard_normal(p) + rng.standard_normal(n)
    y *= 10 ** rng.uniform(-3, 3) / y.std()
    if kind == "offset":
        y += 10 ** rng.uniform(0, 4)
    fields = {
        "X": X.tolist(),
        "y": y.tolist(),
        "noise_sd": float(y.std() * 10 ** rng.uniform(-2, 0.5)),
        "prior_sd": float(10 ** rng.uniform(-3, 3)),
        "intercept": bool(rng.integers(2)),
    }
    if rng.integers(5) == 0 and n > p + 2:
        fields["prior_sd"] = None
    return Generated(kind, fields)


def unknown_scales(seed: int) -> Generated:
    """Return a model with a prior on the noise sd, on the prior sd, or on both."""
    kind, fields = known_scales(seed)
    rng = np.random.default_rng([20, seed])
    X, y = np.array(fields["X"]), np.array(fields["y"])
    noise = float(y.std() * 10 ** rng.uniform(-0.5, 0.5))
    spread = float(noise / np.median(X.std(axis=0)) * 10 ** rng.uniform(-0.5, 0.5))
    names = [*PRIORS, *FLAT] if len(y) > 8 else ["HalfNormal"]
    of_noise = {"kind": names[rng.integers(len(names))], "scale": noise}
    of_spread = {"kind": ("HalfCauchy", "HalfNormal")[rng.integers(2)], "scale": spread}
    unknown = rng.integers(5)
    fields["noise_sd"] = noise if unknown == 0 else of_noise
    fields["prior_sd"] = spread if unknown == 1 else of_spread
    if unknown == 2 and len(y) > X.shape[1] + 4:
        fields["prior_sd"] = None
    return Generated(kind, fields)
