"""Demonstrations: functions that measure a claim of the course and return numbers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "absolute_deviations",
        "calibration",
        "choosing",
        "classification",
        "counterexamples",
        "equivalences",
        "expected_loss",
        "gauss_markov",
        "gradient_descent",
        "hidden_layer",
        "networks",
        "prequential",
        "samplers",
        "unknown_noise",
        "weight_decay",
    ],
)
