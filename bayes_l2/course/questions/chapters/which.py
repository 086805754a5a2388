"""The choice of the penalty."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Which λ should I take?"
CHOOSING = "notebooks/05_choosing_the_penalty.ipynb"
SCALES = "docs/guide/choosing-scales.md"

QUESTIONS = (
    Question(
        "lambda-from-knowledge",
        KIND,
        "How do I choose lambda without cross-validation?",
        "From two numbers that you may know: the noise sd σ, and the size τ of a "
        "coefficient. α = σ²/τ². For σ = 54 and coefficients of about 20 it is 7.3.",
        cleandoc("""
            sigma, tau = 54, 20
            print(round(sigma**2 / tau**2, 1))
        """),
        "7.3",
        ("scikit-learn", "glmnet", "PyTorch"),
        SCALES,
        "regularization strength, hyperparameter tuning, grid search, CV, pick, "
        "domain knowledge, rule of thumb",
    ),
    Question(
        "loo-or-evidence",
        KIND,
        "Why do RidgeCV and the evidence choose different penalties?",
        "RidgeCV measures how well left-out rows are predicted. The evidence measures "
        "how probable all rows are under the model. The left-out error is nearly flat "
        "here, so the place of its minimum says little.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import BayesianRidge, RidgeCV

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            by_loo = RidgeCV(np.logspace(-2, 4, 61)).fit(X, y).alpha_
            fit = BayesianRidge().fit(X, y)
            print(f"{by_loo:.1f} {fit.lambda_ / fit.alpha_:.1f}")
        """),
        "2.0 14.9",
        ("scikit-learn",),
        CHOOSING,
        "marginal likelihood, empirical Bayes, cross-validation, CV, type II, small "
        "alpha",
    ),
    Question(
        "flat-curve",
        KIND,
        "My cross-validation curve is flat: which penalty is right?",
        "Then predictions hardly depend on the penalty, and any penalty on the flat "
        "part predicts well. Coefficients and their sds may still differ. This is the "
        "root mean square error of left-out rows.",
        cleandoc("""
            from sklearn.linear_model import RidgeCV

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            for alpha in (2, 15, 1000):
                fit = RidgeCV([alpha], store_cv_results=True).fit(X, y)
                print(f"{alpha}: {fit.cv_results_.mean() ** 0.5:.1f}")
        """),
        "2: 54.8\n15: 54.8\n1000: 61.3",
        ("scikit-learn", "glmnet"),
        f"{SCALES}#why-the-criteria-disagree",
        "CV error, lambda.min, lambda.1se, one standard error rule, plateau, "
        "insensitive",
    ),
    Question(
        "gcv-and-loo",
        KIND,
        "What is GCV, and how is it different from leave-one-out?",
        "Leave-one-out divides each residual by 1 − h, with h its own leverage. GCV "
        "divides all by the mean of 1 − h, so a rotation of the rows does not change "
        "it. Neither method fits again. Here are the errors of both.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            X, e = X.to_numpy(), (y - y.mean()).to_numpy()
            inverse = np.linalg.inv(X.T @ X + 7.29 * np.eye(10))
            e = e - X @ (inverse @ (X.T @ e))
            left = 1 - 1 / len(X) - np.einsum("ij,jk,ik->i", X, inverse, X)
            for divisor in (left, left.mean()):
                print(f"{np.sqrt(np.mean((e / divisor) ** 2)):.2f}")
        """),
        "54.78\n54.81",
        ("scikit-learn", "MASS"),
        CHOOSING,
        "generalised cross-validation, PRESS, hat matrix, shortcut, LOOCV, n-fold",
    ),
    Question(
        "do-not-choose",
        KIND,
        "Can I avoid choosing lambda at all?",
        "Yes: give priors to σ and τ, and average over both. The intervals then "
        "include the uncertainty about the penalty. Here are the median of α and its "
        "95 % interval.",
        cleandoc("""
            from bayes_l2 import LinearModel, datasets, fit_exact
            from bayes_l2 import likelihoods, priors

            X, y = datasets.diabetes()
            noise = likelihoods.Normal(priors.HalfNormal(100))
            prior = priors.Normal(priors.HalfCauchy(20))
            fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
            print(fit.marginal("penalty").ppf([0.5, 0.025, 0.975]).round(1))
        """),
        "[13.4  4.2 32.7]",
        ("PyMC", "scikit-learn"),
        SCALES,
        "hierarchical, hyperprior, half-Cauchy, integrate out lambda, full Bayes, "
        "average over penalty",
    ),
    Question(
        "best-alpha-formula",
        KIND,
        "Is there a formula for the best ridge penalty?",
        "For orthonormal columns the error is smallest at pσ²/||b||², which needs the "
        "true b. If τ² replaces ||b||²/p, it is σ²/τ² again. James and Stein estimate "
        "it from the data, and so does the evidence.",
        cleandoc("""
            from scipy.optimize import minimize_scalar

            p, sigma, squares = 10, 2.0, 5.0


            def error(alpha):
                return (p * sigma**2 + alpha**2 * squares) / (1 + alpha) ** 2


            best = minimize_scalar(error, bounds=(0, 100), method="bounded").x
            print(f"{best:.2f} {p * sigma**2 / squares:.2f}")
        """),
        "8.00 8.00",
        ("SciPy", "MASS"),
        CHOOSING,
        "optimal lambda, closed form, Hoerl-Kennard-Baldwin, analytical, theoretical",
    ),
    Question(
        "choose-on-all-rows",
        KIND,
        "May I choose the penalty on the same rows and then report intervals?",
        "With many rows the error is small. With few rows, intervals that treat the "
        "choice as known are too narrow. Here are the sds of one coefficient from 20 "
        "rows: with the chosen scales, and averaged over all.",
        cleandoc("""
            from sklearn.linear_model import BayesianRidge

            from bayes_l2 import L2Regressor, datasets

            X, y = datasets.diabetes()
            chosen = BayesianRidge().fit(X[:20], y[:20])
            averaged = L2Regressor().fit(X[:20], y[:20])
            print(f"{chosen.sigma_[2, 2] ** 0.5:.1f} {averaged.coef_sd_[2]:.1f}")
        """),
        "11.6 12.7",
        ("scikit-learn", "glmnet"),
        "docs/coverage.md",
        "double use of data, post-selection inference, tuning, cross-validation, "
        "uncertainty underestimated",
    ),
)
