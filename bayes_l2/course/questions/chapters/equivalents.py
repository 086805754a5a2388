"""Kernels, Gaussian processes, random effects, filters, splines."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Kernels, Gaussian processes, random effects, filters"
DISGUISES = "notebooks/11_one_prior_many_disguises.ipynb"
WITHOUT = "notebooks/12_regularisation_without_a_penalty.ipynb"

QUESTIONS = (
    Question(
        "kernel-ridge-and-gp",
        KIND,
        "Is kernel ridge regression the same as a Gaussian process?",
        "Its prediction is the mean of the process with the same kernel, and α is the "
        "noise variance. The process also gives sds. An RBF kernel of length ℓ has "
        "gamma = 1/(2ℓ²).",
        cleandoc("""
            import numpy as np
            from sklearn.gaussian_process import GaussianProcessRegressor
            from sklearn.gaussian_process.kernels import RBF
            from sklearn.kernel_ridge import KernelRidge

            X = np.arange(8.0)[:, None]
            y, new = np.sin(X[:, 0]), [[2.5]]
            ridge = KernelRidge(alpha=0.1, kernel="rbf", gamma=1 / (2 * 1.5**2))
            kernel = RBF(1.5, "fixed")
            process = GaussianProcessRegressor(kernel, alpha=0.1)
            for estimator in (ridge, process):
                print(f"{estimator.fit(X, y).predict(new)[0]:.5f}")
        """),
        "0.56699\n0.56699",
        ("scikit-learn", "GPyTorch"),
        DISGUISES,
        "GP, GPR, kriging, RKHS, length scale, squared exponential, representer "
        "theorem",
    ),
    Question(
        "linear-kernel",
        KIND,
        "Is ridge regression a Gaussian process with a linear kernel?",
        "Yes: with the kernel τ² x·x' and the noise variance σ², on centred data, the "
        "mean of the process is the ridge prediction with α = σ²/τ².",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            X, e = X.to_numpy(), (y - y.mean()).to_numpy()
            kernel = 20**2 * X @ X.T
            mean = kernel @ np.linalg.solve(kernel + 54**2 * np.eye(len(X)), e)
            ridge = Ridge(54**2 / 20**2, fit_intercept=False).fit(X, e)
            print(f"{np.abs(mean - ridge.predict(X)).max():.6f}")
        """),
        "0.000000",
        ("scikit-learn", "GPyTorch"),
        DISGUISES,
        "dot product kernel, Bayesian linear regression, function space view, weight "
        "space view, GPR",
    ),
    Question(
        "dual-form",
        KIND,
        "I have 100 000 columns and few rows: must I invert a huge matrix?",
        "No: (X'X + αI)⁻¹X'y = X'(XX' + αI)⁻¹y, and the matrix on the right is as "
        "large as the number of rows. Ridge does so by itself.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            X, y = rng.standard_normal((20, 300)), rng.standard_normal(20)
            long = np.linalg.solve(X.T @ X + 2 * np.eye(300), X.T @ y)
            short = X.T @ np.linalg.solve(X @ X.T + 2 * np.eye(20), y)
            print(f"{np.abs(long - short).max():.9f}")
        """),
        "0.000000000",
        ("scikit-learn", "NumPy"),
        DISGUISES,
        "Woodbury, push-through identity, wide data, high dimensional, invert, p much "
        "larger than n, Gram matrix",
    ),
    Question(
        "random-effects",
        KIND,
        "Are random effects the same as ridge on group dummies?",
        "Given the variances, yes: the BLUP of a group is ridge on its dummy with "
        "α = σ²/τ², and the fixed effects are not penalised. A group of m rows keeps "
        "m/(m + α) of its mean deviation.",
        cleandoc("""
            import numpy as np

            groups, y = np.repeat([0, 1], [4, 2]), np.array([3.0, 4, 5, 4, -5, -3])
            Z, alpha = np.eye(2)[groups], 2.0  # a known mean of 0
            ridge = np.linalg.solve(Z.T @ Z + alpha * np.eye(2), Z.T @ y)
            shrunk = [4 / (4 + alpha) * 4.0, 2 / (2 + alpha) * -4.0]
            print(ridge.round(3), np.round(shrunk, 3))
        """),
        "[ 2.667 -2.   ] [ 2.667 -2.   ]",
        ("statsmodels", "lme4", "scikit-learn"),
        DISGUISES,
        "mixed model, BLUP, partial pooling, random intercept, fixed effects, "
        "multilevel, shrinkage",
    ),
    Question(
        "lmer-has-no-lambda",
        KIND,
        "Why does lmer or MixedLM not ask me for a lambda?",
        "It estimates σ² and τ² by the evidence: the likelihood with the effects "
        "integrated out. It can choose a ridge penalty too. Here, for eight groups "
        "with known noise, τ² is the variance of the means minus that of the noise.",
        cleandoc("""
            import numpy as np
            from scipy.optimize import minimize_scalar
            from scipy.stats import norm

            means = np.array([31.0, 12, -4, 9, 2, 20, 15, -1])  # of eight groups


            def lost(tau):
                return -norm.logpdf(means, means.mean(), np.hypot(5.0, tau)).sum()


            tau = minimize_scalar(lost, bounds=(0, 50), method="bounded").x
            print(f"{tau**2:.0f} {means.var() - 25:.0f}")
        """),
        "94 94",
        ("lme4", "statsmodels", "scikit-learn"),
        "notebooks/05_choosing_the_penalty.ipynb",
        "REML, variance components, mixed model, empirical Bayes, partial pooling, "
        "multilevel",
    ),
    Question(
        "kalman-filter",
        KIND,
        "Is recursive least squares or a Kalman filter the same as ridge?",
        "Yes, for a constant state: start at mean 0 and covariance τ²I, take one row "
        "after another, and end at the posterior of all. The Kalman filter adds steps "
        "in which the state moves.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            X, y, sigma, tau = rng.standard_normal((30, 3)), rng.random(30), 0.5, 2.0
            b, P = np.zeros(3), tau**2 * np.eye(3)
            for x, target in zip(X, y, strict=True):
                gain = P @ x / (x @ P @ x + sigma**2)
                b, P = b + gain * (target - x @ b), P - np.outer(gain, x @ P)
            ridge = np.linalg.solve(X.T @ X + (sigma / tau) ** 2 * np.eye(3), X.T @ y)
            print(f"{np.abs(b - ridge).max():.9f}")
        """),
        "0.000000000",
        ("NumPy", "statsmodels"),
        DISGUISES,
        "RLS, sequential Bayesian update, online learning, state space, "
        "Sherman-Morrison, streaming",
    ),
    Question(
        "smoothing-splines",
        KIND,
        "Is a smoothing spline or a Whittaker smoother a kind of ridge?",
        "Yes: the penalty λ||Df||² on second differences is a Gaussian prior on them. "
        "Lines have no penalty, as the intercept of ridge has none. So the smoother "
        "does not change a line, but it changes a wave.",
        cleandoc("""
            import numpy as np

            t = np.arange(20.0)
            D = np.diff(np.eye(20), 2, axis=0)
            smoother = np.linalg.inv(np.eye(20) + 10 * D.T @ D)
            for y in (3 + 2 * t, np.sin(t)):
                print(f"{np.abs(smoother @ y - y).max():.2f}")
        """),
        "0.00\n0.91",
        ("SciPy", "NumPy"),
        DISGUISES,
        "penalised spline, P-spline, GAM, mgcv, roughness penalty, Hodrick-Prescott, "
        "random walk prior",
    ),
    Question(
        "james-stein",
        KIND,
        "What has the James-Stein estimator to do with ridge?",
        "It is ridge for p means, and the data choose the penalty: the factor is 1 − "
        "(p − 2)/||z||² for noise of sd 1. Its risk is below p for every truth if p ≥ "
        "3. Here p is 10, and so is the squared length of the truth.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            truth = np.ones(10)
            z = truth + rng.standard_normal((200_000, 10))
            factor = 1 - 8 / np.sum(z**2, axis=1, keepdims=True)
            for estimate in (z, factor * z):
                risk = np.sum((estimate - truth) ** 2, axis=1).mean()
                print(f"{risk:.1f}")
        """),
        "10.0\n6.2",
        ("NumPy",),
        WITHOUT,
        "Stein's paradox, shrinkage, inadmissible, empirical Bayes, risk",
    ),
    Question(
        "wide-networks",
        KIND,
        "Do wide networks become Gaussian processes?",
        "If only the last layer is trained, its ridge fit tends to the mean of a "
        "process. The kernel of two inputs is the mean product of a hidden unit at "
        "both. Its error falls as 1/√width: a hundred times the width, a tenth of the "
        "error.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            x, z = np.array([1.0, 0.0]), np.array([0.6, 0.8])
            exact = (1 + 2 / np.pi * np.arcsin(0.6)) / 4  # both units are on
            for width in (100, 10_000):
                w = rng.standard_normal((200, width, 2))
                kernel = np.mean((w @ x > 0) & (w @ z > 0), axis=1)
                print(f"{np.sqrt(np.mean((kernel - exact) ** 2)):.4f}")
        """),
        "0.0455\n0.0050",
        ("PyTorch", "scikit-learn"),
        WITHOUT,
        "infinite width, NNGP, neural tangent kernel, random features, Gaussian "
        "process limit",
    ),
)
