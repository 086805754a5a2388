"""The explorer's posterior of a line against Gauss's rule between all kinks.

The oracle integrates in another order and by another rule: the line's height at a place
outside, the slope inside, with panels that end where the loss of a row has a kink.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from tests.explorer.node import needs_node, run_node

pytestmark = needs_node
DELTA = 1.345
KINKS = {"huber": (-DELTA, DELTA), "absolute": (0.0,), "cross-entropy": ()}
SHARES = [0.025, 0.975]
UNIFORMS = [[0.3, 0.01], [0.8, 0.6]]
SHARP, OF_BAND, OF_DRAW = 1e-6, 1e-4, 1e-3  # posterior sds
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
# panels are short in the middle
GRADED, FINE = (np.sinh(np.linspace(-5, 5, k)) / np.sinh(5) for k in (41, 81))


def loss_of(loss: str, r: np.ndarray) -> np.ndarray:
    """Return the loss of residuals in units of the scale; of margins for classes."""
    if loss == "cross-entropy":
        return np.logaddexp(0, -r)
    size = abs(r)
    if loss == "absolute":
        return size
    return np.where(size <= DELTA, 0.5 * r * r, DELTA * (size - 0.5 * DELTA))


def panels(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss's rule between edges along the last axis."""
    half = 0.5 * np.diff(edges)[..., None]
    shape = (*edges.shape[:-1], -1)
    nodes = edges[..., :-1, None] + half * (1 + NODES)
    return nodes.reshape(shape), (half * WEIGHTS).reshape(shape)


def density(
    task: dict[str, Any], found: dict[str, Any], place: float, edges: list[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return heights of the line at a place, slopes, and the masses of both.

    The panels lie around what was found; ``edges`` are further ends of panels.
    """
    x, y, loss = np.array(task["x"]) - place, np.array(task["y"]), task["loss"]
    classes = loss == "cross-entropy"
    scale = 1.0 if classes else task["scale"]
    precision = 0.0 if task["prior_sd"] is None else task["prior_sd"] ** -2
    a, b = found["mean"]
    height = a + b * place
    weight = np.full(len(x), scale**-2)
    if classes:
        chance = 1 / (1 + np.exp(-(height + b * x)))
        weight = chance * (1 - chance)
    information = weight @ x**2 + precision
    spread = 1 / np.sqrt(max(weight.sum() - (weight @ x) ** 2 / information, 1e-300))
    reach = 30 * min(spread, 3 * (found["sd"][0] + abs(place) * found["sd"][1]))
    ends = height + reach * (FINE if classes else GRADED)
    if loss == "absolute":  # where two rows have their kink at one slope
        i, j = np.triu_indices(len(x), 1)
        with np.errstate(divide="ignore"):
            meet = (y[i] * x[j] - y[j] * x[i]) / (x[j] - x[i])
        edges = [*edges, *meet[(meet > ends[0]) & (meet < ends[-1])]]
    heights, outer = panels(np.sort([*ends, *edges]))
    slope = b - (heights - height) * (weight @ x) / information
    ends = slope[:, None] + 30 / np.sqrt(information) * GRADED
    low, high = ends[:, :1], ends[:, -1:]
    moving = x != 0
    for kink in KINKS[loss]:
        at = (y[moving] - kink * scale - heights[:, None]) / x[moving]
        ends = np.hstack([ends, np.clip(at, low, high)])
    slopes, inner = panels(np.sort(ends, axis=1))
    fall = 0.5 * precision * slopes**2
    for at, response in zip(x, y, strict=True):
        eta = heights[:, None] + slopes * at
        r = response * eta if classes else (response - eta) / scale
        fall += loss_of(loss, r)
    return heights, slopes, outer[:, None] * inner * np.exp(fall.min() - fall)


def problem(seed: int, loss: str, most_rows: int = 13) -> dict[str, Any]:
    """Return points with tails, scales and priors of many sizes."""
    rng = np.random.default_rng([23, seed])
    n = int(rng.integers(3, most_rows))
    x = rng.uniform(0, 10, n) * 10 ** rng.uniform(-1, 1) + rng.uniform(-5, 30)
    scale = 10 ** rng.uniform(-1, 1)
    slope = rng.standard_normal() * scale / x.std()
    y = slope * x + scale * rng.standard_t(2, n) * 10 ** rng.uniform(-0.5, 0.5)
    task = {"loss": loss, "scale": scale, "delta": DELTA, "prior_sd": None}
    if loss == "cross-entropy":
        y = np.where(y > np.median(y), 1.0, -1.0)
        scale = 1.0
    if loss == "cross-entropy" or seed % 3:
        task["prior_sd"] = scale / x.std() * 10 ** rng.uniform(-0.5, 1)
    return task | {"x": x.tolist(), "y": y.tolist()}


def require_equal(task: dict[str, Any], found: dict[str, Any]) -> None:
    assert "error" not in found, found
    heights, slopes, mass = density(task, found, 0.0, [])
    mass = mass / mass.sum()
    for k, values in enumerate([heights[:, None], slopes]):
        mean = (mass * values).sum()
        sd = np.sqrt((mass * (values - mean) ** 2).sum())
        assert abs(found["mean"][k] - mean) <= SHARP * sd
        assert abs(found["sd"][k] - sd) <= SHARP * sd
    for j, place in enumerate(task["at"]):
        band = [quantiles[j] for quantiles in found["quantiles"]]
        heights, _, mass = density(task, found, place, band)
        mass = mass.sum(axis=1) / mass.sum()
        mean = mass @ heights
        sd = np.sqrt(mass @ (heights - mean) ** 2)
        for edge, share in zip(band, SHARES, strict=True):
            near = abs(heights - edge) < 0.1 * sd
            steepness = mass[near].sum() / (0.2 * sd)
            below = mass[heights < edge].sum()
            assert abs(below - share) <= OF_BAND * sd * steepness


def run(tasks: list[dict[str, Any]], places: int) -> list[dict[str, Any]]:
    for task in tasks:
        x = np.array(task["x"])
        task["at"] = [float(x.mean() + 0.4 * x.std()), float(x.min())][:places]
        task |= {"shares": SHARES, "uniforms": UNIFORMS}
    return run_node([("lineOf", task) for task in tasks])


# seeds whose band or moments are hard to get
HARD = {"huber": (14, 49), "absolute": (65, 137), "cross-entropy": (95, 149)}


@pytest.mark.parametrize("loss", KINKS)
def test_means_sds_and_band_are_those_of_the_integral(loss: str) -> None:
    require_all([problem(seed, loss) for seed in HARD[loss]])


@pytest.mark.slow
@pytest.mark.parametrize("loss", KINKS)
def test_many_means_sds_and_bands_are_those_of_the_integral(loss: str) -> None:
    require_all([problem(seed, loss) for seed in range(60)])


def require_all(tasks: list[dict[str, Any]]) -> None:
    for task, found in zip(tasks, run(tasks, 2), strict=True):
        require_equal(task, found)
        require_draws(task, found)


def require_draws(task: dict[str, Any], found: dict[str, Any]) -> None:
    """A drawn line has its level's share of the posterior below, at its slope."""
    x, y = np.array(task["x"]), np.array(task["y"])
    center = x.mean()
    low, high = (quantiles[0] for quantiles in found["quantiles"])
    for (_, share), (intercept, slope) in zip(UNIFORMS, found["draws"], strict=True):
        level = intercept + slope * center
        ends = np.sort(
            [*(level + 6 * (high - low) * FINE), *(y - slope * (x - center))]
        )
        levels, weights = panels(ends)
        eta = levels[:, None] + slope * (x - center)
        classes = task["loss"] == "cross-entropy"
        r = y * eta if classes else (y - eta) / task["scale"]
        fall = loss_of(task["loss"], r).sum(axis=1)
        mass = weights * np.exp(fall.min() - fall)
        below = mass[levels < level].sum() / mass.sum()
        assert below == pytest.approx(share, abs=OF_DRAW)


def test_a_bend_far_out_gives_the_normal_posterior() -> None:
    """Then Huber's loss is squared loss, whose posterior the textbook has."""
    task = problem(1, "huber") | {"delta": 1e3}
    x, y, tau = np.array(task["x"]), np.array(task["y"]), task["prior_sd"]
    (found,) = run([task], 2)
    design = np.column_stack([np.ones_like(x), x])
    precision = design.T @ design / task["scale"] ** 2 + np.diag([0, tau**-2])
    cov = np.linalg.inv(precision)
    mean = cov @ design.T @ y / task["scale"] ** 2
    sd = np.sqrt(cov.diagonal())
    assert np.all(abs(np.array(found["mean"]) - mean) <= SHARP * sd)
    assert np.all(abs(np.array(found["sd"]) - sd) <= SHARP * sd)
    at = np.column_stack([np.ones(2), task["at"]])
    spread = np.sqrt(np.einsum("ij,jk,ik->i", at, cov, at))
    for share, edge in zip(SHARES, found["quantiles"], strict=True):
        off = np.array(edge) - at @ mean - stats.norm.ppf(share) * spread
        assert np.all(abs(off) <= OF_BAND * spread)
    for (share, _), (_, slope) in zip(UNIFORMS, found["draws"], strict=True):
        off = slope - mean[1] - stats.norm.ppf(share) * sd[1]
        assert abs(off) <= OF_DRAW * sd[1]


def test_the_mass_of_a_density_is_its_integral() -> None:
    losses = {
        "squared": lambda r: 0.5 * r * r,
        "huber": lambda r: float(loss_of("huber", np.array(r))),
        "absolute": abs,
    }
    found = run_node([("massOf", (loss, DELTA)) for loss in losses])
    for loss, mass in zip(losses.values(), found, strict=True):
        ends = [0, DELTA, 60]
        parts = [
            integrate.quad(lambda r, f=loss: np.exp(-f(r)), *pair, epsabs=1e-14)[0]
            for pair in pairwise(ends)
        ]
        assert mass == pytest.approx(2 * sum(parts), rel=1e-11)


def test_separable_is_what_a_linear_programme_parts() -> None:
    """No best fit: a line has no point on its wrong side, and one on its right side."""
    rng = np.random.default_rng(24)
    tasks = []
    for _ in range(30):
        n = int(rng.integers(2, 6))
        x = rng.integers(0, 6, n)
        y = np.where(rng.integers(0, 2, n) > 0, 1, -1)
        if len(set(y)) == 2 and len(set(x)) > 1:
            tasks.append((x.tolist(), y.tolist()))
    found = run_node([("separable", task) for task in tasks])
    assert 0.2 < np.mean(found) < 0.9
    for (x, y), parts in zip(tasks, found, strict=True):
        margins = np.array(y)[:, None] * np.column_stack([np.ones(len(x)), x])
        best = optimize.linprog(
            -margins.sum(axis=0), A_ub=-margins, b_ub=np.zeros(len(x)), bounds=(-1, 1)
        )
        assert parts == (best.fun < -1e-9)


@pytest.mark.parametrize("tau", [0.3, 100.0])
def test_two_classes_of_one_point_each_have_a_marginal_by_hand(tau: float) -> None:
    """The integral over the level is wb / (1 - exp(-wb)) at a slope b, w apart."""
    width = 10.0
    task = {"loss": "cross-entropy", "x": [0.0, width], "y": [-1, 1], "prior_sd": tau}
    (found,) = run([task], 0)

    def density(b: float, power: int) -> float:
        eta = width * b
        size = abs(eta)
        integral = (size / -np.expm1(-size) if eta else 1.0) * np.exp(min(eta, 0))
        return b**power * integral * np.exp(-0.5 * (b / tau) ** 2)

    ends = np.array([-12 * tau, -40 / width, 0, 40 / width, 12 * tau])
    total, first, second = (
        sum(
            integrate.quad(density, *pair, args=(power,), epsabs=0, epsrel=1e-12)[0]
            for pair in pairwise(np.unique(np.clip(ends, -12 * tau, 12 * tau)))
        )
        for power in range(3)
    )
    mean = first / total
    sd = np.sqrt(second / total - mean**2)
    assert abs(found["mean"][1] - mean) <= SHARP * sd
    assert abs(found["sd"][1] - sd) <= SHARP * sd
