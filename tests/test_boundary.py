"""A likelihood or a prior that the package does not know is refused by name.

The two classes of this test are complete: they have every method of their interface. So
a route could return a number for them, and the number would be a guess.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bayes_l2 import (
    LinearModel,
    compare,
    fit_exact,
    fit_laplace,
    fit_map,
    fit_mcmc,
    fit_penalised,
    fit_ridge,
    likelihoods,
    penalty_in,
    priors,
    pymc_program,
)
from bayes_l2.cli.main import main
from bayes_l2.model.description import assumptions


class Huberish(likelihoods.Laplace):
    """A likelihood from outside the package, with every method."""

    name = "huberish"
    is_smooth = True

    def __repr__(self) -> str:
        return "Huberish()"

    def kink_slopes(self, weights: Any) -> None:
        return None


class Horseshoe(priors.Normal):
    """A prior from outside the package, with every method."""

    name = "horseshoe"

    def __repr__(self) -> str:
        return "Horseshoe()"


RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((20, 2)), RNG.standard_normal(20)
FOREIGN = {
    "Huberish": LinearModel(X, Y, likelihood=Huberish(1.0), prior=priors.Normal(1.0)),
    "Horseshoe": LinearModel(
        X, Y, likelihood=likelihoods.Normal(1.0), prior=Horseshoe(1.0)
    ),
}
USERS: dict[str, Callable[[LinearModel], object]] = {
    "fit_penalised": fit_penalised,
    "fit_map": fit_map,
    "fit_exact": fit_exact,
    "fit_laplace": fit_laplace,
    "fit_mcmc": fit_mcmc,
    "pymc_program": pymc_program,
    "the report": assumptions,
    "penalty_in": lambda model: penalty_in(model, "ridge"),
}


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("name", USERS)
def test_every_function_refuses_an_unknown_likelihood_or_prior(
    name: str, foreign: str
) -> None:
    with pytest.raises(ValueError, match=f"{name} does not know") as error:
        USERS[name](FOREIGN[foreign])
    assert f"{foreign}()" in str(error.value)
    assert "; " in str(error.value)  # after it stands the way out


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("engine", ["scipy", "pymc"])
def test_every_engine_of_the_map_refuses_it(foreign: str, engine: Any) -> None:
    with pytest.raises(ValueError, match="fit_map does not know"):
        fit_map(FOREIGN[foreign], engine=engine)


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("engine", ["nutpie", "pymc"])
def test_every_engine_of_mcmc_refuses_it(foreign: str, engine: Any) -> None:
    with pytest.raises(ValueError, match="fit_mcmc does not know"):
        fit_mcmc(FOREIGN[foreign], engine=engine)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_comparison_refuses_it(foreign: str) -> None:
    with pytest.raises(ValueError, match="does not know"):
        compare(FOREIGN[foreign])


def test_ridge_refuses_another_loss_and_another_penalty() -> None:
    for model in FOREIGN.values():
        with pytest.raises(ValueError, match="fit_ridge"):
            fit_ridge(model)


@pytest.mark.parametrize("option", ["--likelihood", "--prior"])
def test_the_command_line_names_its_choices(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["compare", option, "huberish"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert option in message
    assert "huberish" in message
    assert "normal" in message
