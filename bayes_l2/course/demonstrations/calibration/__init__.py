r"""Simulation-based calibration: a posterior is right on average over its prior.

.. math:: \theta \sim p(\theta), \quad y \sim p(y \mid \theta) \quad\Rightarrow\quad
          u = F(\theta \mid y) \sim \mathrm{Uniform}(0, 1)

F is the distribution function of one quantity under the posterior. It is at hand for an
exact posterior, so u needs no draws and no ranks. A posterior whose sd is too small
gives values of u that crowd at 0 and at 1.

Improper priors cannot be simulated. Those of this package are flat in the intercept and
in the log of the noise sd. Under them u is uniform for each value of the intercept and
of the noise sd, since the posterior moves and stretches with the data.

References
----------
Cook, Gelman and Rubin (2006), Journal of Computational and Graphical Statistics 15.
Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
Säilynoja, Bürkner and Vehtari (2022), Statistics and Computing 32.
"""

from bayes_l2.course.demonstrations.calibration.simulation import (
    ROWS,
    SETTINGS,
    Setting,
    Simulation,
    calibrate,
    integrals,
)
from bayes_l2.course.demonstrations.calibration.uniform import (
    Uniformity,
    band,
    power,
    uniformity,
)

__all__ = [
    "ROWS",
    "SETTINGS",
    "Setting",
    "Simulation",
    "Uniformity",
    "band",
    "calibrate",
    "integrals",
    "power",
    "uniformity",
]
__dir__ = __all__.copy
