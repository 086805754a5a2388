"""Variables of improper priors in PyMC: their axes, their start and their refusal."""

from typing import Any

import numpy as np
import pytest

from bayes_l2.model.layout import Layout
from bayes_l2.model.pymc.flat import flat_log_scale, flat_variable, partly_flat

pm: Any = pytest.importorskip("pymc")


@pytest.fixture(scope="module")
def variables() -> dict[str, Any]:
    """Return a flat vector that starts at twice 3 and 4, and a scale."""
    with pm.Model(coords={"feature": ["a", "b"]}) as model:
        flat_variable(
            "coef",
            np.array([3.0, 4.0]),
            start=lambda given: 2 * given,
            moved=lambda value, given: value - given,
            back=lambda value, given: value + given,
            moved_name="moved",
            signature="(p)->(p)",
            dims="feature",
        )
        flat_log_scale("scale")
    assert model.named_vars_to_dims["coef"] == ("feature",)
    return {name: model[name] for name in ("coef", "scale")}


@pytest.mark.parametrize(("name", "start"), [("coef", [6.0, 8.0]), ("scale", 1.0)])
def test_samplers_start_where_they_are_told(
    name: str, start: Any, variables: dict[str, Any]
) -> None:
    found = pm.distributions.distribution.support_point(variables[name])
    np.testing.assert_array_equal(found.eval(mode="FAST_COMPILE"), start)


@pytest.mark.parametrize("name", ["coef", "scale"])
def test_an_improper_prior_has_no_draws(name: str, variables: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"the prior of {name} is improper"):
        variables[name].eval(mode="FAST_COMPILE")


def test_flat_coefficients_of_classes_have_the_axes_of_their_names() -> None:
    coords = {"class": ["u", "v", "w"], "feature": ["a", "b"]}
    layout = Layout(("a", "b"), True, ("u", "v", "w"), (True, True))
    with pm.Model(coords=coords) as model:
        partly_flat("coef", layout, ("class", "feature"))
    assert model.named_vars_to_dims["coef"] == ("class", "feature")
