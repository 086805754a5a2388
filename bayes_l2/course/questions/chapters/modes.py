"""The MAP, the mean, and the parametrisation."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "The MAP and its parametrisation"
UNKNOWN = "notebooks/06_unknown_noise.ipynb"
BREAKS = "notebooks/10_where_it_breaks.ipynb"

QUESTIONS = (
    Question(
        "map-and-mean",
        KIND,
        "Is the MAP the posterior mean?",
        "For a Gaussian posterior, yes: σ and τ known, a linear mean. In general no. "
        "With a Laplace prior the mode can be exactly 0 and the mean is not.",
        cleandoc("""
            import numpy as np

            z, b = 0.5, np.linspace(-10, 10, 200_001)  # z = b + noise, both of scale 1
            density = np.exp(-0.5 * (z - b) ** 2 - abs(b))
            mode, mean = b[density.argmax()], np.average(b, weights=density)
            print(f"mode {abs(mode):.2f}, mean {mean:.2f}")
        """),
        "mode 0.00, mean 0.24",
        ("PyMC", "scikit-learn"),
        BREAKS,
        "maximum a posteriori, mode, Bayesian lasso, nonzero mean, Laplace prior, "
        "point estimate",
    ),
    Question(
        "find-map-and-the-mean",
        KIND,
        "Why does find_MAP of PyMC differ from the posterior mean and from Ridge?",
        "With an unknown σ there is no single MAP: the mode depends on whether the "
        "density is one of σ, of log σ or of σ². `find_MAP` uses σ. The mean averages "
        "over all σ. Here are the penalties of the three modes.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import LinearModel, fit_map, likelihoods, priors

            rng = np.random.default_rng(0)
            x = rng.standard_normal(12)
            y = x + rng.standard_normal(12)
            noise, prior = likelihoods.Normal(priors.FlatScale()), priors.Normal(1.0)
            model = LinearModel(x[:, None], y, likelihood=noise, prior=prior)
            for density in ("sd", "log_sd", "variance"):
                sigma = fit_map(model, density=density).noise_sd
                print(f"{density} {sigma * sigma:.2f}")
        """),
        "sd 0.91\nlog_sd 0.99\nvariance 0.84",
        ("PyMC", "scikit-learn"),
        UNKNOWN,
        "maximum a posteriori, mode, pymc3, trace mean, half-Cauchy, unknown sigma, "
        "wrong result",
    ),
    Question(
        "change-of-variables",
        KIND,
        "Why does the MAP change when I change the parametrisation?",
        "A density has units. For another variable it is multiplied by the slope of "
        "the change, and this moves its maximum. Quantiles do not move. Here are modes "
        "of one inverse-gamma distribution, each written as σ².",
        cleandoc("""
            shape, scale = 3.0, 2.0  # of the variance
            print(f"of the variance {scale / (shape + 1):.2f}")
            print(f"of the sd       {scale / (shape + 0.5):.2f}")
            print(f"of the log      {scale / shape:.2f}")
        """),
        "of the variance 0.50\nof the sd       0.57\nof the log      0.67",
        ("PyMC", "SciPy"),
        UNKNOWN,
        "maximum a posteriori, not invariant, reparameterization, transformation, "
        "Jacobian, log transform",
    ),
    Question(
        "joint-mode-of-tau",
        KIND,
        "My MAP with an unknown prior sd collapses to zero: is that a bug?",
        "No. At b = 0 the density of p coefficients grows as τ⁻ᵖ without limit, so the "
        "joint mode of b and τ does not exist. Integrate τ out instead, or choose it "
        "by the evidence. Here the power is measured for p = 10.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import LinearModel, datasets, likelihoods, priors

            X, y = datasets.diabetes()
            prior = priors.Normal(priors.HalfCauchy(20.0))
            model = LinearModel(X, y, likelihood=likelihoods.Normal(54), prior=prior)
            at = [model.join(152.0, np.zeros(10), prior_sd=t) for t in (1e-4, 1e-6)]
            low, high = map(model.log_posterior, at)
            print(f"{(high - low) / np.log(100):.2f}")
        """),
        "10.00",
        ("PyMC", "scikit-learn"),
        BREAKS,
        "hierarchical model, variance zero, degenerate, funnel, unbounded density, "
        "collapse",
    ),
    Question(
        "flat-prior-is-mle",
        KIND,
        "Is the MAP with a flat prior the maximum-likelihood estimate?",
        "Yes, in the variable in which the prior is flat. As the prior sd grows, ridge "
        "tends to least squares. A flat prior is not a distribution, and it needs "
        "columns without exact collinearity.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import LinearRegression, Ridge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            least_squares = LinearRegression().fit(X, y).coef_
            for tau in (20, 2000, 200_000):
                ridge = Ridge(54**2 / tau**2).fit(X, y).coef_
                print(f"{np.abs(ridge - least_squares).max():.3f}")
        """),
        "23.930\n0.007\n0.000",
        ("scikit-learn", "statsmodels"),
        "docs/glossary.md#flat-prior",
        "uniform prior, maximum likelihood, noninformative, improper, OLS",
    ),
    Question(
        "prior-washes-out",
        KIND,
        "Does the prior matter when I have much data?",
        "Less and less: for a fixed prior the pull of ridge falls as 1/n and the sd as "
        "1/√n. So the pull in sds falls too, unless columns are added with the rows. "
        "Here σ = τ = 1, and the true b is 2.",
        cleandoc("""
            for n in (1, 100, 10_000):
                pull, sd = 2 / (n + 1), (n + 1) ** -0.5
                print(f"{n}: {pull / sd:.2f} sds")
        """),
        "1: 1.41 sds\n100: 0.20 sds\n10000: 0.02 sds",
        ("PyMC", "scikit-learn"),
        "notebooks/02_ridge_is_map.ipynb",
        "asymptotic, large sample, Bernstein-von Mises, consistency, influence of the "
        "prior",
    ),
    Question(
        "plug-in-predictions",
        KIND,
        "Is it enough to predict with the MAP, or must I average over the posterior?",
        "For a linear mean the average is the prediction at the mean; only its sd is "
        "missing. For probabilities they differ: the average is nearer to ½ where the "
        "log odds are uncertain. Here the log odds are 3 ± 2.",
        cleandoc("""
            import numpy as np
            from scipy.special import expit

            grid = np.linspace(-8, 8, 1001)  # standard normal
            weights = np.exp(-(grid**2) / 2)
            average = np.average(expit(3 + 2 * grid), weights=weights)
            print(f"{expit(3):.2f} {average:.2f}")
        """),
        "0.95 0.87",
        ("scikit-learn", "PyTorch"),
        "docs/guide/other-losses.md#classes",
        "point estimate, posterior predictive, Bayesian model averaging, calibration, "
        "overconfident",
    ),
    Question(
        "mcmc-and-ridge",
        KIND,
        "My PyMC posterior mean and Ridge differ in the second digit: which is wrong?",
        "Perhaps neither: a mean of draws has the Monte-Carlo error sd/√ESS. If the "
        "difference is a few times that, look at the model: a fixed σ, the same α, and "
        "a flat intercept. Here the sd is 3.1, and 4000 draws are effective.",
        cleandoc("""
            sd, effective = 3.1, 4000
            print(f"{sd / effective**0.5:.3f}")
        """),
        "0.049",
        ("PyMC", "Stan", "scikit-learn"),
        "notebooks/04_mcmc_agrees.ipynb",
        "sampling error, MCSE, effective sample size, trace, NUTS, small difference",
    ),
    Question(
        "pymc-program-of-ridge",
        KIND,
        "How do I write ridge regression in PyMC?",
        "Give each coefficient Normal(0, τ), the intercept a flat or wide prior, and y "
        "Normal(mean, σ). Ridge is the posterior mean if σ and τ are fixed numbers. "
        "`pymc_program(model)` writes the program; this is its α.",
        cleandoc("""
            from bayes_l2 import LinearModel, datasets, likelihoods, priors

            X, y = datasets.diabetes()
            noise, prior = likelihoods.Normal(54), priors.Normal(20)
            model = LinearModel(X, y, likelihood=noise, prior=prior)
            alpha = model.likelihood.sd**2 / model.prior.sd**2
            print(f"{alpha:.2f}")
        """),
        "7.29",
        ("PyMC", "scikit-learn"),
        "notebooks/04_mcmc_agrees.ipynb",
        "Bayesian linear regression code, pm.Normal, Stan model, implement",
    ),
    Question(
        "many-modes",
        KIND,
        "Is the posterior of a network with weight decay Gaussian?",
        "No. Swapping hidden units, or changing the signs of tanh units, leaves the "
        "function and the prior as they are. So each mode has copies, 2ʰh! of them for "
        "h units in one layer, and training finds one.",
        cleandoc("""
            from math import factorial

            units = 10
            print(f"{2**units * factorial(units):.1e}")
        """),
        "3.7e+09",
        ("PyTorch", "PyMC"),
        "notebooks/09_weight_decay.ipynb",
        "Bayesian neural network, multimodal, symmetry, permutation, weight space, "
        "identifiability",
    ),
)
