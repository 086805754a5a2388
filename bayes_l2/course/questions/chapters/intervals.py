"""Standard errors, intervals and predictions of penalised fits."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Standard errors and intervals of penalised fits"
FITTED = "docs/fitted-ridge.md"

QUESTIONS = (
    Question(
        "ridge-standard-errors",
        KIND,
        "How do I get standard errors of ridge coefficients?",
        "Two numbers have this name. The posterior sd says how uncertain b is under "
        "the prior. The sampling sd says how much the estimate varies from data set to "
        "data set, and does not include the bias. Say which one you give.",
        cleandoc("""
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets, model_of, ridge_covariances

            X, y = datasets.diabetes()
            ridge = Ridge(alpha=7.29).fit(X, y)
            sds = ridge_covariances(model_of(ridge, X, y))
            print(f"{sds.posterior_sd[4]:.2f} {sds.sampling_sd[4]:.2f}")
        """),
        "11.60 6.89",
        ("scikit-learn", "statsmodels", "glmnet", "MASS"),
        f"{FITTED}#what-are-the-standard-errors-of-ridges-coefficients",
        "std err, parameter standard errors, confidence interval, covariance matrix, "
        "uncertainty of coefficients, sklearn",
    ),
    Question(
        "standard-errors-by-hand",
        KIND,
        "fit_regularized has no bse or summary: can I compute the errors by hand?",
        "Yes, for L2. With A = (X'X + αI)⁻¹ on centred columns, the posterior "
        "covariance is σ²A. The sampling covariance is σ²AX'XA, and does not include "
        "the bias. Here are the sds of both.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X = datasets.diabetes()[0].to_numpy()
            gram, sigma = X.T @ X, 54.0  # the columns have mean 0
            inverse = np.linalg.inv(gram + 7.29 * np.eye(10))
            for covariance in (inverse, inverse @ gram @ inverse):
                print(f"{sigma * np.sqrt(covariance[4, 4]):.2f}")
        """),
        "11.62\n6.90",
        ("statsmodels", "scikit-learn"),
        "docs/guide/choosing-scales.md#sampling-and-modes",
        "std err, summary None, NotImplementedError, covariance matrix, cov_params, "
        "formula",
    ),
    Question(
        "p-values",
        KIND,
        "How do I get p-values for ridge regression?",
        "The estimate is biased, so in general a t test of it has another error rate "
        "than it states. A posterior has no p-value. It has the probability that a "
        "coefficient is negative, as here.",
        cleandoc("""
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets, fit_exact, model_of

            X, y = datasets.diabetes()
            fit = fit_exact(model_of(Ridge(alpha=7.29).fit(X, y), X, y))
            for name in ("age", "sex"):
                print(f"{name} {fit.marginal(name).cdf(0.0):.3f}")
        """),
        "age 0.542\nsex 1.000",
        ("scikit-learn", "statsmodels"),
        f"{FITTED}#how-do-i-get-p-values-or-intervals-for-ridge",
        "significance test, t statistic, hypothesis test, pvalue, penalised "
        "regression, goodness of fit",
    ),
    Question(
        "do-intervals-cover",
        KIND,
        "Does a 95 % interval of a ridge fit cover the truth in 95 % of cases?",
        "On average over coefficients that come from the prior, yes. For a coefficient "
        "that is large in prior sds, less often: the prior pulls it to 0. Here σ = τ = "
        "x'x = 1: the coverage on average, and at b = 3.",
        cleandoc("""
            import numpy as np
            from scipy.stats import norm


            def coverage(b):  # the estimate z/2 has sd ½, the posterior sd √½
                half = 1.96 * np.sqrt(0.5)
                return norm.cdf(b + half, b / 2, 0.5) - norm.cdf(b - half, b / 2, 0.5)


            b = np.linspace(-8, 8, 2001)
            average = np.average(coverage(b), weights=norm.pdf(b))
            print(f"{average:.2f} {coverage(3):.2f}")
        """),
        "0.95 0.41",
        ("scikit-learn", "statsmodels"),
        "docs/coverage.md",
        "confidence or credible interval, coverage, frequentist, nominal level, "
        "shrinkage bias",
    ),
    Question(
        "bootstrap-ridge",
        KIND,
        "Can I bootstrap a ridge fit to get its standard errors?",
        "You get the sampling sd for a fixed penalty. It does not include the bias, "
        "and tends to 0 as the penalty grows. So it does not measure how uncertain b "
        "is: the posterior sd here is 11.6.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            ridge = Ridge(7.29).fit(X, y)
            rng = np.random.default_rng(0)
            noise = 54 * rng.standard_normal((len(y), 5000))
            again = ridge.predict(X)[:, None] + noise
            print(f"{Ridge(7.29).fit(X, again).coef_[:, 4].std():.1f}")
        """),
        "7.0",
        ("scikit-learn",),
        "docs/guide/choosing-scales.md#sampling-and-modes",
        "resampling, penalised regression, confidence interval, uncertainty, refit",
    ),
    Question(
        "prediction-intervals",
        KIND,
        "How do I get a prediction interval from Ridge?",
        "A new y is uncertain because of the coefficients and because of its own "
        "noise. The first part becomes smaller with more rows, the second does not. "
        "Most of the interval is noise here: the sd of the noise alone is 53.9.",
        cleandoc("""
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets, fit_exact, model_of

            X, y = datasets.diabetes()
            fit = fit_exact(model_of(Ridge(alpha=7.29).fit(X, y), X, y))
            new = fit.predictive(X[:1])
            low, high = new.interval(0.9)
            print(f"{low[0]:.0f} to {high[0]:.0f}, sd {new.std()[0]:.1f}")
        """),
        "114 to 293, sd 54.4",
        ("scikit-learn",),
        f"{FITTED}#how-do-i-get-prediction-intervals",
        "forecast, uncertainty, epistemic, aleatoric, confidence interval of "
        "predictions, error bars",
    ),
    Question(
        "intervals-under-wrong-noise",
        KIND,
        "Do prediction intervals hold if the noise is larger than the model says?",
        "No: with twice the noise, 90 % intervals contain 61 % of new rows. Split "
        "conformal intervals take their width from rows outside the fit. If all rows "
        "come from one distribution, they contain about 90 %.",
        'bayes-l2 equivalences "wrong noise" "split conformal"',
        "found    0.606 of the fresh rows covered",
        ("scikit-learn", "PyTorch"),
        "docs/why_l2.md#what-squared-error-loses-under-other-noise",
        "conformal prediction, misspecified, model is wrong, coverage, calibration, "
        "too narrow, overconfident",
    ),
    Question(
        "lasso-standard-errors",
        KIND,
        "Where are the standard errors of Lasso?",
        "A coefficient at exactly 0 has no useful sd: only the mode has zeros, and no "
        "posterior draw has one. The posterior under the Laplace prior has sds, and "
        "`summary_of(lasso, X, y)` draws from it.",
        cleandoc("""
            from sklearn.linear_model import Lasso

            from bayes_l2 import datasets, model_of

            X, y = datasets.diabetes()
            lasso = Lasso(alpha=1.0).fit(X, y)
            scale = model_of(lasso, X, y).prior.scale
            print(f"{sum(lasso.coef_ == 0)} zeros, prior scale {scale:.2f}")
        """),
        "3 zeros, prior scale 6.65",
        ("scikit-learn", "glmnet"),
        f"{FITTED}#where-are-the-standard-errors-of-lasso",
        "std err, post-selection inference, confidence interval, Bayesian lasso, "
        "sparse",
    ),
    Question(
        "logistic-standard-errors",
        KIND,
        "How do I get standard errors for a penalised LogisticRegression?",
        "Add 1/C to the diagonal of the Hessian of the summed loss, but not for the "
        "intercept, and invert: the Laplace approximation of the posterior. It is good "
        "where each coefficient has many rows of both classes.",
        cleandoc("""
            from sklearn.linear_model import LogisticRegression

            from bayes_l2 import datasets, summary_of

            X, y = datasets.diabetes()
            logistic = LogisticRegression(C=1.0, tol=1e-8).fit(X, y > 140)
            table = summary_of(logistic, X, y > 140)
            print(table.loc["bmi", ["coef", "sd"]].round(2).tolist())
        """),
        "[0.65, 0.15]",
        ("scikit-learn", "statsmodels"),
        f"{FITTED}#how-do-i-get-intervals-for-logisticregression",
        "std err, covariance matrix, Fisher information, confidence interval, odds "
        "ratio, sklearn, summary",
    ),
)
