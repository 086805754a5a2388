"""Demonstrations, exercises, questions with answers, and figures of the notebooks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["demonstrations", "exercises", "figures", "printing", "questions"],
)
