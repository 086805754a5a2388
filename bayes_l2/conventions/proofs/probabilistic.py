r"""Modes under a prior :math:`b_j \sim N(0, \tau_j^2)`: this package, PyMC, Bambi."""

from importlib import import_module
from typing import Any

import numpy as np

from bayes_l2.arrays import FloatArray
from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof
from bayes_l2.fits.exact import fit_exact
from bayes_l2.fits.map_estimate import fit_map
from bayes_l2.model import likelihoods, priors
from bayes_l2.model.linear_model import LinearModel


def by_optimiser(problem: Problem, sds: FloatArray) -> Fitted:
    """Maximise the log posterior of this package numerically."""
    estimate = fit_map(_model(problem, problem.X, sds))
    return Fitted(estimate.intercept, estimate.coef)


def standardised(problem: Problem, sds: FloatArray) -> Fitted:
    """Fit standardised columns, and return the coefficients of columns as given."""
    mean = np.average(problem.X, axis=0, weights=problem.weights)
    columns = (problem.X - mean) / problem.x_sd
    posterior = fit_exact(_model(problem, columns, sds))
    coef = posterior.coef / problem.x_sd
    return Fitted(float(posterior.intercept - mean @ coef), coef)


def relative_to_noise(problem: Problem, sd: float) -> Fitted:
    """Scale the prior by an unknown noise: a normal-inverse-gamma posterior."""
    likelihood = likelihoods.Normal(priors.InverseGamma(3, 5000))
    prior = priors.Normal(sd, relative_to_noise=True)
    posterior = fit_exact(
        LinearModel(
            problem.X,
            problem.y,
            likelihood=likelihood,
            prior=prior,
            weights=problem.weights,
        )
    )
    return Fitted(float(posterior.intercept), posterior.coef)


def _model(problem: Problem, columns: FloatArray, sds: FloatArray) -> LinearModel:
    """Return the model with a known noise and a prior sd for each column."""
    return LinearModel(
        columns,
        problem.y,
        likelihood=likelihoods.Normal(problem.noise_sd),
        prior=priors.Normal(cov=np.diag(sds**2)),
        weights=problem.weights,
    )


def mode(program: Any) -> dict[str, float | FloatArray]:
    """Return the mode of a PyMC program whose log density is quadratic.

    The gradient is linear in the parameters, so its values at 0 and at each unit vector
    determine it.

    Returns
    -------
    dict of str to float or ndarray
        The mode, by the name of the variable.
    """
    gradient = program.compile_dlogp(mode="FAST_COMPILE")
    point = program.initial_point()
    names = [variable.name for variable in program.value_vars]
    ends = np.cumsum([np.size(point[name]) for name in names])

    def parts(parameters: FloatArray) -> dict[str, Any]:
        pieces = np.split(parameters, ends[:-1])
        return {
            name: piece.reshape(np.shape(point[name]))
            for name, piece in zip(names, pieces, strict=True)
        }

    at_zero = gradient(parts(np.zeros(ends[-1])))
    slopes = np.stack([gradient(parts(unit)) - at_zero for unit in np.eye(ends[-1])])
    return parts(np.linalg.solve(slopes, -at_zero))


def pymc(problem: Problem, sds: FloatArray) -> Fitted:
    """Return the mode of a PyMC program."""
    pm = import_module("pymc")
    with pm.Model() as program:
        intercept, coef = pm.Flat("a"), pm.Normal("b", 0, sds)
        pm.Normal(
            "y", intercept + problem.X @ coef, problem.noise_sd, observed=problem.y
        )
    found = mode(program)
    return Fitted(float(found["a"]), np.asarray(found["b"]))


def bambi(problem: Problem, sds: FloatArray) -> Fitted:
    """Return the mode of the PyMC program that Bambi builds."""
    bmb, pd = import_module("bambi"), import_module("pandas")
    names = [f"x{column}" for column in range(len(sds))]
    data = pd.DataFrame(problem.X, columns=names).assign(y=problem.y)
    chosen: dict[str, Any] = {
        name: bmb.Prior("Normal", mu=0, sigma=sd)
        for name, sd in zip(names, sds, strict=True)
    }
    chosen |= {"Intercept": bmb.Prior("Flat"), "sigma": problem.noise_sd}
    model = bmb.Model(
        f"y ~ {' + '.join(names)}", data, priors=chosen, center_predictors=False
    )
    model.build()
    found = mode(model.backend.model)
    return Fitted(float(found["Intercept"]), np.array([found[name] for name in names]))


PROOFS = {
    "prior-sd": Proof(by_optimiser, ()),
    "prior-sd-standardised": Proof(standardised, ()),
    "prior-sd-relative": Proof(relative_to_noise, ()),
    "pymc": Proof(pymc, ("pymc",), weighted=False),
    "bambi": Proof(bambi, ("bambi",), weighted=False),
}
