"""The figure of one number marks the prior sd of each convention."""

from typing import Any

import pytest

from bayes_l2.conventions import figure as plots


def test_one_number_is_many_priors() -> None:
    figure = plots.priors_of_one_number(
        4.0, noise_sd=10.0, n=100, batch_size=20, y_sd=25.0
    )
    (axis,) = figure.axes
    sds: Any = axis.lines[0].get_xdata()
    labels = [
        label.get_text().replace("\n", " ").split(", ")
        for label in axis.get_yticklabels()
    ]
    points = {name: sd for names, sd in zip(labels, sds, strict=True) for name in names}
    for name, sd in (
        ("ridge", 5.0),
        ("elastic-net", 0.5),
        ("pymc", 4.0),
        ("glmnet", 2.5),
        ("torch-sgd", 0.5**0.5),
    ):
        assert points[name] == pytest.approx(sd, rel=1e-8)
    assert list(sds) == sorted(sds)
    assert not {"torch-adamw", "logistic-regression"} & set(points)
