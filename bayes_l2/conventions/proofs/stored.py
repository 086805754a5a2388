"""What R printed, in our own runs (r_output.R wrote r_output.json) and in published ones, and the exact answer."""

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
    """Coefficients that a system printed, for columns as given, and the problem that it was given.

    Attributes
    ----------
    convention, call, source : str
        What was run, how, and where its output is from.
    problem : Problem
        Data that come with R; its noise sd is 1, on which a penalty's mode does not depend.
    setting : float
        The penalty in the system's units.
    fitted : Fitted
        What it printed; published coefficients come without their intercept, NaN here.
    ours : bool
        Whether we ran it, so that all digits are there.
    """

    convention: str
    call: str
    source: str
    problem: Problem
    setting: float
    fitted: Fitted
    ours: bool = True

    def exact(self) -> Fitted:
        """Return the exact mode under the prior that the setting is, by ``convert``."""
        record = CONVENTIONS[self.convention]
        scale = SOURCE_OF[record.norm]
        found = convert(
            self.setting,
            record.name,
            scale,
            **self.problem.quantities(record.name, scale),
        ).value
        return self.problem.solve(
            record, np.broadcast_to(found, self.problem.X.shape[1])
        )


# λ = 0.03 on Longley's data, $coef, which is for columns over their sd (divisor n)
FARAWAY = [0.22005, 0.76936, -1.18941, -0.52234, -0.68618, 4.00643]
# lambda = 10.04567 on mtcars, hp by mpg, wt, drat and qsec
STATOLOGY = [-3.299732, 19.431238, -1.222429, -17.949721]


@cache
def outputs() -> tuple[Output, ...]:
    """Return all outputs, our own runs first."""
    stored = json.loads(
        Path(__file__).with_name("r_output.json").read_text(encoding="utf-8")
    )
    versions = ", ".join(
        f"{name} {number}" for name, number in stored["versions"].items()
    )

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
