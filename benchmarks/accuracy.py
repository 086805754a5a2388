"""Measure the errors of the exact posteriors against slow and independent arithmetic.

Usage: ``uv run python benchmarks/accuracy.py`` prints the tables of
``docs/accuracy.md``; with ``--write`` it puts them into the page.

Closed forms are held against rational arithmetic, whose results alone are rounded.
Quadrature and tables are held against Gauss-Legendre sums over panels of both scales,
in the singular values of the data.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from page import put, titled
from scipy import special

from bayes_l2 import (
    LinearModel,
    datasets,
    fit_exact,
    likelihoods,
    penalty_path,
    priors,
)

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.oracles import (  # noqa: E402
    exact_residual_squares,
    nist,
    rational_posterior,
    solve_exactly,
)

PAGE = ROOT / "docs" / "accuracy.md"
NIST = (
    "Norris",
    "Pontius",
    "NoInt1",
    "NoInt2",
    "Filip",
    "Longley",
    "Wampler1",
    "Wampler2",
    "Wampler3",
    "Wampler4",
    "Wampler5",
)
Row = tuple[str, ...]
Case = tuple[np.ndarray, np.ndarray, float, float]  # X, y, noise sd, prior sd


def digits(found: Any, exact: Any) -> float:
    """Return the correct digits of the worst number."""
    error = np.max(np.abs(np.asarray(found) - exact) / np.abs(exact))
    return float(-np.log10(max(error, 1e-17)))


def nist_table() -> Iterator[Row]:
    """Yield the correct digits of least squares on certified data."""
    for name in NIST:
        data = nist(name)
        model = LinearModel(
            data["X"],
            data["y"],
            likelihood=likelihoods.Normal(1.0),
            prior=priors.Flat(),
            intercept=data["intercept"],
        )
        found = fit_exact(model).location.mean
        limit, _ = rational_posterior(
            data["X"], data["y"], 1.0, None, intercept=data["intercept"]
        )
        scores = digits(found, data["beta"]), digits(limit, data["beta"])
        yield name, *(f"{min(score, 15):.1f}" for score in scores)


def plain(rng: np.random.Generator) -> Case:
    """Return a problem without difficulties."""
    X = rng.standard_normal((25, 4))
    y = X @ rng.standard_normal(4) + rng.standard_normal(25)
    return X, y, 1.0, 1.0


def far_from_zero(rng: np.random.Generator) -> Case:
    """Return columns and a response whose means are far from zero."""
    X, y, *_ = plain(rng)
    return X + 10.0 ** rng.uniform(0, 8), y + 10.0 ** rng.uniform(0, 8), 1.0, 1.0


def unlike_columns(rng: np.random.Generator) -> Case:
    """Return columns of unlike size."""
    X, y, *_ = plain(rng)
    return X * 10.0 ** rng.uniform(-6, 6, 4), y, 1.0, 1.0


def unlike_scales(rng: np.random.Generator) -> Case:
    """Return scales of unlike size."""
    X, y, *_ = plain(rng)
    noise, prior = 10.0 ** rng.uniform(-6, 6, 2)
    return X, y, float(noise), float(prior)


def polynomial(rng: np.random.Generator) -> Case:
    """Return powers of one column."""
    x = np.sort(rng.uniform(0, 10, 15))
    X = x[:, np.newaxis] ** np.arange(1, rng.integers(4, 9))
    return X, np.sin(x) + 0.1 * rng.standard_normal(15), 0.1, 10.0


def near_duplicates(rng: np.random.Generator) -> Case:
    """Return two columns that are nearly equal."""
    X, y, *_ = plain(rng)
    X[:, 3] = X[:, 0] + 10.0 ** rng.uniform(-14, -4) * rng.standard_normal(25)
    return X, y, float(10.0 ** rng.uniform(-6, 1)), 1.0


def equal_columns(rng: np.random.Generator) -> Case:
    """Return two columns that are equal."""
    X, y, *_ = plain(rng)
    X[:, 3] = X[:, 0]
    return X, y, float(10.0 ** rng.uniform(-8, 1)), 1.0


def more_columns_than_rows(rng: np.random.Generator) -> Case:
    """Return more columns than rows."""
    X = rng.standard_normal((5, 8))
    return X, rng.standard_normal(5), float(10.0 ** rng.uniform(-4, 1)), 1.0


CLOSED = {
    "25 × 4, all of size 1": plain,
    "columns and y up to 1e8 from zero": far_from_zero,
    "columns of sizes 1e-6 to 1e6": unlike_columns,
    "noise and prior sd from 1e-6 to 1e6": unlike_scales,
    "powers of x, degree 4 to 8": polynomial,
    "two columns that differ by 1e-14 to 1e-4, noise sd 1e-6 to 10": near_duplicates,
    "two equal columns, noise sd 1e-8 to 10": equal_columns,
    "5 rows, 8 columns, noise sd 1e-4 to 10": more_columns_than_rows,
}


def closed_table(problems: int = 25) -> Iterator[Row]:
    """Yield the worst errors of Gaussian posteriors, over random problems."""
    for name, make in CLOSED.items():
        rng = np.random.default_rng(14)
        worst, refused = np.zeros(2), 0
        for _ in range(problems):
            X, y, noise, prior = make(rng)
            mean, sd = rational_posterior(X, y, noise, prior)
            try:
                found = fit_exact(
                    LinearModel(
                        X,
                        y,
                        likelihood=likelihoods.Normal(noise),
                        prior=priors.Normal(prior),
                    )
                ).location
            except ValueError:
                refused += 1
                continue
            resolution = np.spacing(np.abs(mean))  # the mean itself is rounded
            off = np.maximum(np.abs(found.mean - mean) - resolution, 0)
            errors = np.max(off / sd), np.max(np.abs(found.sd / sd - 1))
            worst = np.maximum(worst, errors)
        yield name, f"{worst[0]:.0e}", f"{worst[1]:.0e}", str(refused)


def noise_table(problems: int = 25) -> Iterator[Row]:
    """Yield the worst errors of the noise variance that a Student-t has in its scale.

    Under a flat prior and p(σ) = 1/σ it is the sum of squared residuals over the
    degrees of freedom.
    """
    for name, make in CLOSED.items():
        if make not in (plain, far_from_zero, unlike_columns, polynomial):
            continue  # the residuals are 0, or the scales have no part
        rng = np.random.default_rng(16)
        worst = 0.0
        for _ in range(problems):
            X, y, *_ = make(rng)
            posterior: Any = fit_exact(
                LinearModel(
                    X,
                    y,
                    likelihood=likelihoods.Normal(priors.FlatLogScale()),
                    prior=priors.Flat(),
                )
            )
            exact = exact_residual_squares(X, y, intercept=True) / 2
            worst = max(worst, abs(posterior.scale / exact - 1))
        yield name, f"{worst:.0e}"


def left_out(X: np.ndarray, y: np.ndarray, penalty: float) -> float:
    """Return the leave-one-out error by refits in rational arithmetic."""
    columns = [[Fraction(1), *(Fraction(float(v)) for v in row)] for row in X]
    response, size = [Fraction(float(v)) for v in y], X.shape[1] + 1
    zero = total = Fraction(0)
    for i in range(len(y)):
        rows = [row for k, row in enumerate(columns) if k != i]
        rest = [value for k, value in enumerate(response) if k != i]
        gram = [
            [sum((row[a] * row[b] for row in rows), zero) for b in range(size)]
            for a in range(size)
        ]
        for j in range(1, size):
            gram[j][j] += Fraction(penalty)
        right = [
            [sum((row[a] * v for row, v in zip(rows, rest, strict=True)), zero)]
            for a in range(size)
        ]
        fit = solve_exactly(gram, right)
        predicted = sum(columns[i][a] * fit[a][0] for a in range(size))
        total += (response[i] - predicted) ** 2
    return float(total / len(y))


def leave_one_out_table(problems: int = 4) -> Iterator[Row]:
    """Yield the fewest correct digits of leave-one-out errors on a default path."""
    makers = {
        "25 × 4, all of size 1": plain,
        "columns of sizes 1e-6 to 1e6": unlike_columns,
        "powers of x, degree 4 to 8": polynomial,
        "5 rows, 8 columns": more_columns_than_rows,
    }
    for name, make in makers.items():
        rng = np.random.default_rng(15)
        fewest = np.inf
        for _ in range(problems):
            X, y, *_ = make(rng)
            model = LinearModel(
                X,
                y,
                likelihood=likelihoods.Normal(priors.FlatLogScale()),
                prior=priors.Normal(1.0),
            )
            path = penalty_path(model)
            assert path.loo_error is not None
            for place in (0, 25, 50, 75, 99):
                exact = left_out(X, y, float(path.penalties[place]))
                fewest = min(fewest, digits(path.loo_error[place], exact))
        yield name, f"{max(fewest, 0.0):.1f}"


LogDensity = Callable[[np.ndarray], np.ndarray]


def half_normal(sd: float) -> LogDensity:
    """Return the log density of a half-normal scale."""
    return lambda s: np.log(2 / np.pi) / 2 - np.log(sd) - (s / sd) ** 2 / 2


def half_cauchy(scale: float) -> LogDensity:
    """Return the log density of a half-Cauchy scale."""
    return lambda s: np.log(2 / np.pi) - np.log(scale) - np.log1p((s / scale) ** 2)


@dataclass(frozen=True)
class Hierarchical:
    """A model with unknown scales, and the panels on which it is integrated."""

    name: str
    X: np.ndarray
    y: np.ndarray
    noise: priors.ScalePrior
    prior: priors.ScalePrior
    log_noise: LogDensity
    log_prior: LogDensity
    noise_edges: np.ndarray  # of log noise sd
    prior_edges: np.ndarray  # of log prior sd


@dataclass(frozen=True)
class Reference:
    """Moments of the coefficients, and distribution functions at the panels' edges."""

    mean: np.ndarray
    sd: np.ndarray
    noise_cdf: np.ndarray
    prior_cdf: np.ndarray


def integrate(case: Hierarchical, order: int = 10) -> Reference:
    """Integrate over both scales by Gauss-Legendre sums on panels."""
    X, y = case.X - case.X.mean(axis=0), case.y - case.y.mean()
    U, d, Vt = np.linalg.svd(X, full_matrices=False)
    g = U.T @ y
    rest, n = float(np.sum((y - U @ g) ** 2)), len(y)
    node, weight = special.roots_legendre(order)

    def panels(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        half = np.diff(edges) / 2
        places = edges[:-1, np.newaxis] + half[:, np.newaxis] * (1 + node)
        return places, np.log(half[:, np.newaxis] * weight)

    (t, log_t), (x, log_x) = panels(case.noise_edges), panels(case.prior_edges)
    noise, extra = np.exp(2 * t.ravel()), (n - 1 - len(d)) * t.ravel()
    base = case.log_noise(np.exp(t.ravel())) + t.ravel() + log_t.ravel()
    base = base - extra - rest / (2 * noise)
    parts = []
    for at, log_weight in zip(x, log_x, strict=True):  # a panel of prior sds
        prior = np.exp(2 * at)
        marginal = noise[:, np.newaxis, np.newaxis] + np.multiply.outer(prior, d**2)
        logs = base[:, np.newaxis] - 0.5 * np.sum(
            np.log(marginal) + g**2 / marginal, axis=2
        )
        logs = logs + case.log_prior(np.exp(at)) + at + log_weight
        # given the scales: axis k has mean and variance
        means = prior[:, np.newaxis] * d * g / marginal
        variances = noise[:, np.newaxis, np.newaxis] * prior[:, np.newaxis] / marginal
        top = float(logs.max())
        w = np.exp(logs - top)
        coef = means @ Vt
        spread = variances @ Vt**2
        parts.append(
            (
                top,
                w.sum(axis=1).reshape(t.shape).sum(axis=1),
                np.tensordot(w, coef, axes=2),
                np.tensordot(w, coef**2 + spread, axes=2),
            )
        )
    tops = np.array([part[0] for part in parts])
    factors = np.exp(tops - tops.max())
    by_noise = np.array([part[1] for part in parts]) * factors[:, np.newaxis]
    total = by_noise.sum()
    mean = factors @ np.array([part[2] for part in parts]) / total
    square = factors @ np.array([part[3] for part in parts]) / total
    cumulative = [np.cumsum(by_noise.sum(axis=axis)) / total for axis in (0, 1)]
    return Reference(mean, np.sqrt(square - mean**2), *cumulative)


def bimodal(n: int) -> Hierarchical:
    """Return one column that explains y, under a prior sd expected to be tiny."""
    rng = np.random.default_rng(n)
    x = rng.standard_normal(n)
    x = (x - x.mean()) / x.std()
    e = rng.standard_normal(n)
    e = e - e.mean() - x * (e @ x) / n
    y = x * 0.95**0.5 + e / e.std() * 0.05**0.5
    scale = 0.62 / n
    width = n**-0.5 / 4
    noise = np.arange(np.log(0.05**0.5) - 12 * 4 * width, 12 * 4 * width + 0.3, width)
    inner = np.arange(-8, 0.3, 2 * width) if n > 500 else np.arange(-8, 0.3, width)
    prior = np.concatenate([np.arange(-44, -8, 0.25), inner])
    return Hierarchical(
        f"two modes: one column, {n} rows, HalfNormal(10), HalfNormal(0.62 / n)",
        x[:, np.newaxis],
        y,
        priors.HalfNormal(10.0),
        priors.HalfNormal(scale),
        half_normal(10.0),
        half_normal(scale),
        noise,
        prior,
    )


def hierarchical_cases() -> Iterator[Hierarchical]:
    """Yield models with two unknown scales, the last ones with two modes."""
    X, response = datasets.diabetes()
    columns, y = X.to_numpy(), response.to_numpy(dtype=float)
    long = np.concatenate(
        [np.arange(-40, 0, 1.0), np.arange(0, 6, 0.2), np.arange(6, 46, 1.0)]
    )
    yield Hierarchical(
        "diabetes, HalfNormal(100), HalfCauchy(20)",
        columns,
        y,
        priors.HalfNormal(100.0),
        priors.HalfCauchy(20.0),
        half_normal(100.0),
        half_cauchy(20.0),
        np.arange(3.5, 4.6, 0.05),
        long,
    )
    yield Hierarchical(
        "its first 12 rows, 3 columns",
        columns[:12][:, [2, 3, 8]],
        y[:12],
        priors.HalfNormal(100.0),
        priors.HalfCauchy(20.0),
        half_normal(100.0),
        half_cauchy(20.0),
        np.arange(1.0, 7.5, 0.1),
        long,
    )
    yield from (bimodal(n) for n in (50, 200, 800))


def mixture_table() -> Iterator[Row]:
    """Yield errors of means and sds by quadrature, and of tabulated distributions."""
    for case in hierarchical_cases():
        exact = integrate(case)
        posterior: Any = fit_exact(
            LinearModel(
                case.X,
                case.y,
                likelihood=likelihoods.Normal(case.noise),
                prior=priors.Normal(case.prior),
            )
        )
        location = posterior.location
        off = np.abs(location.mean[1:] - exact.mean) / exact.sd
        wide = np.abs(location.sd[1:] / exact.sd - 1)
        cdfs, places = [], []
        for name, edges, cdf in (
            ("noise_sd", case.noise_edges, exact.noise_cdf),
            ("prior_sd", case.prior_edges, exact.prior_cdf),
        ):
            marginal = posterior.marginal(name)
            cdfs.append(np.max(np.abs(marginal.cdf(np.exp(edges[1:])) - cdf)))
            inside = (cdf > 0.001) & (cdf < 0.999)
            back = marginal.cdf(marginal.ppf(cdf[inside])) - cdf[inside]
            places.append(np.max(np.abs(back), initial=0.0))
        yield (
            case.name,
            f"{max(off.max(), wide.max()):.0e}",
            f"{posterior.quadrature_error:.0e}",
            *(f"{each:.0e}" for each in cdfs),
            f"{max(places):.0e}",
        )


TABLES: tuple[tuple[str, Row, Callable[[], Iterator[Row]]], ...] = (
    (
        "Closed form: certified digits",
        ("data set of NIST", "digits", "digits of the exact solution of its doubles"),
        nist_table,
    ),
    (
        "Closed form: posterior means and sds",
        (
            "worst of 25 random problems",
            "mean, in posterior sds",
            "sd, relative",
            "refused",
        ),
        closed_table,
    ),
    (
        "Closed form: noise variance of a Student-t posterior",
        ("worst of 25 random problems", "relative error"),
        noise_table,
    ),
    (
        "Closed form: leave-one-out errors",
        ("worst of 4 random problems at 5 penalties of the default path", "digits"),
        leave_one_out_table,
    ),
    (
        "Quadrature, and tabulated marginals of the scales",
        (
            "model",
            "means and sds, in posterior sds",
            "`quadrature_error`",
            "cdf of noise_sd",
            "cdf of prior_sd",
            "cdf(ppf(q)) − q",
        ),
        mixture_table,
    ),
)


def main() -> None:
    """Print all tables, and put them into the page if that is asked for."""
    text = "\n".join(titled(title, header, rows()) for title, header, rows in TABLES)
    print(text)
    if "--write" in sys.argv[1:]:
        put(PAGE, text)


if __name__ == "__main__":
    main()
