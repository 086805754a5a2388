"""Figures of the notebooks and pages."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "calibration",
        "conjugacy",
        "demonstrations",
        "equivalences",
        "expected_loss",
        "posteriors",
    ],
)
