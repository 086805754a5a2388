"""BayesianRidge and its relatives."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "BayesianRidge and its relatives"
IS_IT = "docs/fitted-ridge.md#is-bayesianridge-bayesian-and-why-do-its-intervals-differ"

QUESTIONS = (
    Question(
        "alpha-and-lambda-of-bayesian-ridge",
        KIND,
        "What are alpha_ and lambda_ of BayesianRidge?",
        "`alpha_` is the precision of the noise, 1/σ², and `lambda_` that of the "
        "weights, 1/τ². So the fit is Ridge with alpha = lambda_/alpha_. The word "
        "alpha has another meaning in each class.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import BayesianRidge, Ridge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            bayesian = BayesianRidge().fit(X, y)
            penalty = bayesian.lambda_ / bayesian.alpha_
            apart = np.abs(Ridge(penalty).fit(X, y).coef_ - bayesian.coef_).max()
            print(f"alpha {penalty:.1f}, apart by {apart:.6f}")
        """),
        "alpha 14.9, apart by 0.000000",
        ("scikit-learn",),
        "docs/conventions.md",
        "precision, hyperparameters, noise variance, weight precision, sklearn",
    ),
    Question(
        "is-bayesian-ridge-bayesian",
        KIND,
        "Is BayesianRidge fully Bayesian?",
        "In part. The coefficients have a posterior, but the two scales are the most "
        "probable ones and count as known. With few rows its intervals are too narrow. "
        "`L2Regressor` averages over both scales.",
        cleandoc("""
            from sklearn.linear_model import BayesianRidge

            from bayes_l2 import L2Regressor, datasets

            X, y = datasets.diabetes()
            for model in (BayesianRidge(), L2Regressor()):
                model.fit(X[:20], y[:20])
                sd = model.predict(X[20:21], return_std=True)[1].item()
                print(f"{sd:.1f}")
        """),
        "41.9\n50.4",
        ("scikit-learn", "PyMC"),
        IS_IT,
        "integrate out hyperparameters, empirical Bayes, type II, evidence "
        "maximisation, uncertainty underestimated",
    ),
    Question(
        "hyperpriors-of-bayesian-ridge",
        KIND,
        "What do alpha_1, alpha_2, lambda_1 and lambda_2 of BayesianRidge do?",
        "They are shapes and rates of gamma priors on the two precisions. At 1e-6 "
        "these priors are nearly flat in log σ and log τ, and the data decide. Larger "
        "values pull the precisions towards shape/rate.",
        cleandoc("""
            from sklearn.linear_model import BayesianRidge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            for size in (1e-6, 1e-3, 10):
                fit = BayesianRidge(lambda_1=size, lambda_2=size).fit(X, y)
                print(f"{size:g}: prior sd {fit.lambda_**-0.5:.1f}")
        """),
        "1e-06: prior sd 14.0\n0.001: prior sd 14.0\n10: prior sd 7.2",
        ("scikit-learn",),
        "docs/guide/choosing-scales.md",
        "gamma hyperparameters, default values, alpha_init, noninformative, hyperprior",
    ),
    Question(
        "return-std-of-bayesian-ridge",
        KIND,
        "What is left out of return_std of BayesianRidge?",
        "The variance σ²/n of the intercept, and the uncertainty of both scales. At "
        "the mean of the columns it treats the mean of y as known exactly. Here are "
        "the variance that it adds to the noise there, and σ²/n.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import BayesianRidge

            X, y = np.arange(12.0)[:, None] - 5.5, np.arange(12.0) % 5
            fit = BayesianRidge().fit(X, y)
            sd = fit.predict([[0.0]], return_std=True)[1][0]
            beyond = sd**2 - 1 / fit.alpha_
            print(f"{abs(beyond):.3f} {1 / fit.alpha_ / 12:.3f}")
        """),
        "0.000 0.169",
        ("scikit-learn",),
        IS_IT,
        "predictive standard deviation, intercept uncertainty, centring, variance too "
        "small",
    ),
    Question(
        "ard-regression",
        KIND,
        "How is ARDRegression different from BayesianRidge?",
        "It has a prior sd for each coefficient, each chosen by the evidence. It "
        "nearly drops a column whose sd tends to 0, though every prior is Gaussian. "
        "Then it treats the choice as known. Here are its four smallest prior sds.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import ARDRegression

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            sds = ARDRegression().fit(X, y).lambda_ ** -0.5
            print(np.sort(sds)[:4].round(1))
        """),
        "[0.1 0.1 0.1 1.5]",
        ("scikit-learn",),
        "docs/conventions.md",
        "automatic relevance determination, sparse Bayesian learning, relevance "
        "vector machine, feature selection",
    ),
    Question(
        "bayesian-ridge-or-pymc",
        KIND,
        "Do I need MCMC for a Bayesian ridge regression?",
        "Not for Gaussian noise and a Gaussian prior. With known scales the posterior "
        "is one linear solve. With unknown scales it is a mixture over two numbers, by "
        "quadrature. Here is an interval for a coefficient, in milliseconds.",
        cleandoc("""
            from bayes_l2 import LinearModel, datasets, fit_exact
            from bayes_l2 import likelihoods, priors

            X, y = datasets.diabetes()
            noise = likelihoods.Normal(priors.HalfNormal(100))
            prior = priors.Normal(priors.HalfCauchy(20))
            fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
            low, high = fit.marginal("bmi").interval(0.95)
            print(f"{low:.1f} to {high:.1f}")
        """),
        "18.4 to 30.5",
        ("PyMC", "scikit-learn", "brms"),
        "docs/guide/choosing-scales.md",
        "Bayesian linear regression, closed form, conjugate, hierarchical, Stan, "
        "half-Cauchy, faster than sampling",
    ),
)
