"""The scenes of the explorer on pages of the site.

The notebooks know nothing of them, and run by themselves. ``scene_frames`` puts each
scene into its page.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    """A scene of the explorer on a page of the site.

    Attributes
    ----------
    page : str
        The page, as Sphinx names it.
    heading : str
        The heading of the section that it follows.
    fragment : str
        The scene, as in the address of the explorer.
    title : str
        A title, for screen readers.
    text : str
        One sentence that says what to do or to see.
    """

    page: str
    heading: str
    fragment: str
    title: str
    text: str


SCENES = (
    Scene(
        "docs/index",
        "To look at",
        "view=plane",
        "Prior, likelihood and posterior of two coefficients",
        "Move a slider: the posterior is the prior times the likelihood, and its mode "
        "is the ridge solution.",
    ),
    Scene(
        "notebooks/01_losses_are_likelihoods",
        "One idea",
        "view=line",
        "A line through ten points, with the density of the noise around it",
        "Choose another loss: the density of the noise changes with it.",
    ),
    Scene(
        "notebooks/01_losses_are_likelihoods",
        "The mean, the median, and an outlier",
        "view=line&noise_sd=1&prior_sd=0.01&points=1,1;3,2;5,3;7,4;9,5",
        "The mean of five values as a level line",
        "The prior keeps the slope near 0, so the line is level: drag the last point "
        "up, and then choose absolute loss.",
    ),
    Scene(
        "notebooks/02_ridge_is_map",
        "From a wide prior to a narrow prior",
        "view=penalty&alpha=7.29&rows=442",
        "Ten coefficients of the diabetes data over the penalty",
        "Drag the marker through the ten coefficients of the figure above; the curves "
        "below them choose a penalty, in a later notebook.",
    ),
    Scene(
        "notebooks/02_ridge_is_map",
        "What the penalty does not say",
        "view=plane&data=diabetes",
        "The ridge solution of two coefficients on its path, for bmi and s5 alone",
        "Move the penalty, and the solution walks along its path; divide both sds by "
        "ten, to 5.4 and 2, and the solution stays while the posterior becomes narrow.",
    ),
    Scene(
        "notebooks/03_conjugacy",
        "A picture",
        "view=plane&data=diabetes_s&rows=40",
        "Prior times likelihood is posterior in the coefficients of s1 and s2",
        "Here the unit of a column is its sd among the patients shown: add patients, "
        "and the prior decides less.",
    ),
    Scene(
        "notebooks/04_mcmc_agrees",
        "Correlated draws say less: ESS",
        "view=sampling&draws=100",
        "Draws by a random walk, HMC and NUTS over an exact posterior",
        "Press Play for more draws, or change the step size, and read R-hat and the "
        "effective sample size.",
    ),
    Scene(
        "notebooks/05_choosing_the_penalty",
        "Five criteria",
        "view=penalty&alpha=14.8&rows=442",
        "Evidence, leave-one-out and GCV over the penalty",
        "Drag the marker from the penalty of highest evidence to those of the other "
        "criteria, and then take fewer patients.",
    ),
    Scene(
        "notebooks/06_unknown_noise",
        "Two priors for the coefficients",
        "view=plane&data=diabetes&rows=12",
        "The coefficients of bmi and s5 for twelve patients",
        "This prior is independent of the noise: move the noise sd alone, and the "
        "penalty moves too.",
    ),
    Scene(
        "notebooks/06_unknown_noise",
        "Relative to the noise: the same ridge fit, wider intervals",
        "view=penalty&noise=unknown&alpha=7.3&rows=20",
        "Ten coefficients and the posterior of the penalty, with the noise sd unknown",
        "Let the noise sd be known or unknown: at one penalty the coefficients are the "
        "same, and the posterior of the penalty is not.",
    ),
)
