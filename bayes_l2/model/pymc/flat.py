"""Variables with improper priors in PyMC programs, and the coordinates they move in."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayes_l2.model.layout import Layout


def flat_variable(
    name: str,
    given: Any,
    *,
    start: Callable[[Any], Any],
    moved: Callable[[Any, Any], Any],
    back: Callable[[Any, Any], Any],
    moved_name: str,
    signature: str,
    dims: Any = None,
) -> Any:
    """Return a free variable of density 1, which samplers move in other coordinates.

    Parameters
    ----------
    name : str
        Name of the variable.
    given : variable or ndarray
        What the coordinates depend on.
    start : callable
        Takes ``given`` and returns the value where samplers start.
    moved, back : callable
        From the variable to the coordinates and back, each with ``given`` as its
        second argument. The change of variables has determinant 1.
    moved_name : str
        The coordinates are called ``name_moved_name__``.
    signature : str
        The dimensions of ``given`` and of the variable, such as "(p)->()".
    dims : str or tuple of str, optional
        The names of the axes.
    """
    import pymc as pm
    from pymc.logprob.transforms import Transform
    from pytensor import tensor as pt

    class Moved(Transform):
        name = moved_name

        def forward(self, value: Any, *inputs: Any) -> Any:
            return moved(value, inputs[-1])

        def backward(self, value: Any, *inputs: Any) -> Any:
            return back(value, inputs[-1])

        def log_jac_det(self, value: Any, *inputs: Any) -> Any:
            return pt.zeros(())

    return pm.CustomDist(
        name,
        given,
        logp=lambda value, given: pt.zeros(()),
        random=_without_draws(name),
        support_point=lambda variable, size, given: start(given),
        signature=signature,
        transform=Moved(),
        dims=dims,
    )


def partly_flat(name: str, layout: Layout, dims: Any) -> Any:
    """Return coefficients of density 1; flat columns of classes sum to zero.

    Parameters
    ----------
    name : str
        Name of the variable.
    layout : Layout
        It says which coefficients samplers move: those of the last class that have a
        flat prior are minus the sum of the others.
    dims : tuple of str
        The names of the axes.
    """
    import pymc as pm

    if not layout.classes:
        return pm.Flat(name, dims=dims)
    shape, own = layout.own.shape, layout.own.nonzero()
    axes = layout.axes[layout.n_intercepts :, layout.lines * layout.intercept :]
    return flat_variable(
        name,
        np.zeros(shape),
        start=lambda zeros: zeros,
        moved=lambda value, zeros: value[own],
        back=lambda free, zeros: pm.math.dot(free, axes).reshape(shape),
        moved_name="free",
        signature="(k,p)->(k,p)",
        dims=dims,
    )


def flat_log_scale(name: str) -> Any:
    """Return a free positive variable with the density 1 / value."""
    import pymc as pm
    from pytensor import tensor as pt

    return pm.CustomDist(
        name,
        1.0,
        logp=lambda value, start: pt.log(1 / value),
        random=_without_draws(name),
        support_point=lambda variable, size, start: pt.ones(()),
        transform=pm.distributions.transforms.log,
    )


def _without_draws(name: str) -> Callable[..., Any]:
    """Return a function that refuses to draw from an improper prior."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise ValueError(f"the prior of {name} is improper: it has no draws")

    return refuse
