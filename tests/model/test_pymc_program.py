"""PyMC's statement of the model and ours are the same density, up to a constant."""

import numpy as np
import pytest
from pytensor.compile.mode import Mode

from bayes_l2 import LinearModel, pymc_program
from tests.model.test_linear_model import MODELS, parts_of, points


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.usefixtures("interpreted")
def test_log_densities_differ_by_one_constant(name: str) -> None:
    model = MODELS[name]
    program = pymc_program(model)
    mode = Mode(linker="py", optimizer="fast_compile").excluding("BlasOpt")
    log_density = program.compile_logp(mode=mode, jacobian=False)
    differences = []
    for point in points(model, 20):
        _, coef, scales = parts_of(model, point)
        values = {"coef": coef} | {
            f"{name}_log__": np.array(np.log(scales[name]))
            for name in model.unknown_scales
        }
        if model.intercept:
            values["intercept_offset__"] = np.array(offset(model, point))
        differences.append(log_density(values) - model.log_posterior(point))
    size = max(1.0, abs(model.log_posterior(points(model)[0])))
    np.testing.assert_allclose(differences, differences[0], atol=1e-9 * size)
    # PyMC rounds log(2 pi) / 2 to single precision, an error of 6e-8 for each row
    assert abs(differences[0]) < 1e-6 * size


def offset(model: LinearModel, point: np.ndarray) -> float:
    """Return PyMC's coordinate of the intercept: predictor at mean X, less mean y."""
    X, y = model.rows("the test")
    weights = np.ones(len(y)) if model.weights is None else model.weights
    return point[0] + weights @ (X @ parts_of(model, point)[1] - y) / weights.sum()


def test_the_program_names_its_variables(diabetes: LinearModel) -> None:
    program = pymc_program(diabetes)
    assert [variable.name for variable in program.free_RVs] == [
        "coef",
        "intercept",
    ]
    assert program.deterministics == []
    assert [variable.name for variable in program.observed_RVs] == ["y"]
    assert list(program.coords["feature"] or ()) == list(diabetes.feature_names)


def test_the_program_names_unknown_scales() -> None:
    program = pymc_program(MODELS["unknown both"])
    assert {variable.name for variable in program.free_RVs} == {
        "coef",
        "intercept",
        "noise_sd",
        "prior_sd",
    }
    assert [variable.name for variable in program.deterministics] == ["penalty"]
