"""From the options of ``bayes-l2 explore`` to the columns that its page holds."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bayes_l2 import datasets
from bayes_l2.arrays import FloatArray, are_constant
from bayes_l2.cli.problem import opening
from bayes_l2.cli.problem.data import (
    Data,
    DataOptions,
    data_of,
    require_no_file_option,
)
from bayes_l2.cli.problem.terms import DIABETES
from bayes_l2.explorer.columns import FEWEST_ROWS, MOST_FEATURES, MOST_ROWS, Columns
from bayes_l2.fits.exact import fit_exact
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel
from bayes_l2.selection.choose import choose_penalty
from bayes_l2.texts import end_of, joined, printable

if TYPE_CHECKING:
    import pandas as pd

SEED = 1  # of the sample of rows
COUNT = 2  # features that are chosen
COLLINEAR = 1 - 1e-9  # a correlation at which two columns are one
LEAST_SD, MOST_SD = 0.02, 5.0  # that the sliders show, in sds of the response


class Exploring(NamedTuple):
    """The columns, their first scene, and lines on what was done and may be wrong."""

    columns: Columns
    scene: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def require_no_table_options(asked: DataOptions) -> None:
    """Refuse options that are of a table, where there is none."""
    require_no_file_option(asked, DIABETES)


def shown_columns(asked: DataOptions) -> Exploring:
    """Return the columns that the options state, or raise ValueError."""
    if opening.is_streamed(asked.file, stream=False):
        raise ValueError(
            f"the explorer needs the rows in memory, and {end_of(asked.file)} is read "
            f"a part at a time: write {MOST_ROWS} of its rows as CSV or Parquet, and "
            "name that file"
        )
    data = data_of(asked, DIABETES, flat_prior=False, intercept=True)
    assert isinstance(data, Data)
    said = list(data.notes)
    X, y = data.X, data.y
    file = "standard input" if asked.file == "-" else end_of(asked.file)
    if len(y) < FEWEST_ROWS:
        raise ValueError(
            f"{file} must have at least {FEWEST_ROWS} rows for the explorer, got "
            f"{len(y)}"
        )
    note = f"From {file}."
    if asked.features is None and X.shape[1] > COUNT:
        names = strongest(X, y)
        chosen = f"{joined(map(printable, names))} of {X.shape[1]} features"
        said.append(
            f"shows {chosen}: their coefficients lie farthest from 0 in posterior sds, "
            "on standardised columns with the penalty of largest evidence; --features "
            "names others"
        )
        note += f" The strongest {len(names)} of {X.shape[1]} features."
        X = X.loc[:, names]
    elif X.shape[1] > MOST_FEATURES:
        raise ValueError(
            f"--features: the explorer shows 1 to {MOST_FEATURES} features, and these "
            f"are {X.shape[1]}; name fewer, or none, and the strongest are chosen"
        )
    if len(y) > MOST_ROWS:
        rows = np.random.default_rng(SEED).permutation(len(y))[:MOST_ROWS]
        sample = f"{MOST_ROWS} of {len(y)} rows, drawn at random by seed {SEED}"
        said.append(f"shows {sample}")
        note += f" These are {sample}."
        X, y = X.take(rows), y.take(rows)
    names = tuple(map(str, X.columns))
    note += " The first scene has the σ and τ of largest evidence."
    columns = Columns(names, X.to_numpy(float), str(y.name), y.to_numpy(float), note)
    return Exploring(columns, _scene(X, y), tuple(said), tuple(data.warnings))


def _scene(X: "pd.DataFrame", y: "pd.Series") -> str:
    """Return the scene of the columns at the scales of largest evidence."""
    model = _chosen(datasets.standardise(X), y)
    unit = float(np.std(y.to_numpy(float)))
    noise_sd, prior_sd = (
        min(MOST_SD, max(LEAST_SD, float(f"{float(sd) / unit:.3g}")))
        for sd in (model.likelihood.sd, model.prior.sd)
    )
    view = "line" if X.shape[1] == 1 else "plane"
    return f"view={view}&noise_sd={noise_sd}&prior_sd={prior_sd}&data=own"


def _chosen(X: "pd.DataFrame", y: "pd.Series") -> LinearModel:
    """Return the model of standardised columns at the scales of largest evidence."""
    model = LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(priors.FlatLogScale()),
        prior=priors.Normal(priors.FlatLogScale()),
    )
    return choose_penalty(model, by="evidence").model


def strongest(X: "pd.DataFrame", y: "pd.Series", count: int = COUNT) -> list[str]:
    """Return the features with the largest ``|mean| / sd`` of their coefficients.

    They are those of the exact posterior on standardised columns, with noise and prior
    sd where the evidence is largest. Constant columns, and those that are collinear
    with one that is taken already, are left out.
    """
    kept = X.loc[:, ~are_constant(X.to_numpy(float))]
    if kept.empty:
        raise ValueError("each feature has the same value in all rows; none is shown")
    standard = datasets.standardise(kept)
    fit = fit_exact(_chosen(standard, y))
    strength = np.abs(fit.coef / fit.sd[-kept.shape[1] :])
    correlation = _correlations(standard.to_numpy(float))
    taken: list[int] = []
    for j in np.argsort(-strength, kind="stable"):
        if not (correlation[j, taken] > COLLINEAR).any():
            taken.append(int(j))
        if len(taken) == count:
            break
    return [str(kept.columns[j]) for j in taken]


def _correlations(standard: FloatArray) -> FloatArray:
    return np.abs(standard.T @ standard) / len(standard)
