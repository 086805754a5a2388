"""Coefficients printed by R, in our own runs and in publications, and the exact ones.

``r_output.R`` wrote the output of our runs to ``r_output.json``.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bayes_l2.conventions.catalogue import CONVENTIONS
from bayes_l2.conventions.conversion import convert
from bayes_l2.conventions.proofs.problem import SOURCE_OF, Fitted, Problem


@dataclass(frozen=True)
class Output:
    """Coefficients that a system printed, for columns as given, and its problem.

    Attributes
    ----------
    convention, call, source : str
        The convention, the call, and the source of the output.
    problem : Problem
        Data that come with R. The mode does not depend on the noise sd, which is 1.
    setting : float
        The penalty in the system's units.
    fitted : Fitted
        The printed coefficients. The intercept of published ones is NaN: it was not
        printed.
    ours : bool
        Whether we ran it: then all digits are printed.
    """

    convention: str
    call: str
    source: str
    problem: Problem
    setting: float
    fitted: Fitted
    ours: bool = True

    def exact(self) -> Fitted:
        """Return the exact mode under the prior of the setting, by ``convert``."""
        record = CONVENTIONS[self.convention]
        scale = SOURCE_OF[record.norm]
        quantities = self.problem.quantities(record.name, scale)
        found = convert(self.setting, record.name, scale, **quantities).value
        scales = np.broadcast_to(found, self.problem.X.shape[1])
        return self.problem.solve(record, scales)


# λ = 0.03 on Longley's data; $coef is for columns divided by their sd (divisor n)
FARAWAY = [0.22005, 0.76936, -1.18941, -0.52234, -0.68618, 4.00643]
# lambda = 10.04567 on mtcars, hp by mpg, wt, drat and qsec
STATOLOGY = [-3.299732, 19.431238, -1.222429, -17.949721]


@cache
def outputs() -> tuple[Output, ...]:
    """Return all outputs: our own runs, then the published ones."""
    text = Path(__file__).with_name("r_output.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    versions = ", ".join(map(" ".join, stored["versions"].items()))

    def problem(data: str, response: str, weights: Any = None) -> Problem:
        values = stored["data"][data]
        y = np.array(values[response], dtype=float)
        weights = None if weights is None else np.array(weights)
        return Problem(np.array(values["X"]), y, 2 * y - 1, weights, noise_sd=1.0)

    ran = [
        Output(
            run["convention"],
            run["call"],
            versions,
            problem(run["data"], run["response"], run["weights"]),
            run["setting"],
            Fitted(run["intercept"], np.array(run["coef"])),
        )
        for run in stored["outputs"]
    ]
    longley, cars = problem("longley", "Employed"), problem("mtcars", "hp")
    published = [
        Output(
            "lm-ridge",
            "lm.ridge(Employed ~ ., longley, lambda = 0.03)$coef",
            "Faraway (2002), Practical Regression and Anova using R, section 9.5",
            longley,
            0.03,
            Fitted(np.nan, np.array(FARAWAY) / longley.x_sd),
            ours=False,
        ),
        Output(
            "glmnet",
            "coef(glmnet(x, y, alpha = 0, lambda = 10.04567))",
            "Statology, Ridge Regression in R (Step-by-Step)",
            cars,
            10.04567,
            Fitted(np.nan, np.array(STATOLOGY)),
            ours=False,
        ),
    ]
    return *ran, *published
