"""Ridge itself: shrinkage, collinearity, more columns than rows, L1 and L2."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Shrinkage: L1 and L2, collinearity, p > n"
DISGUISES = "notebooks/11_one_prior_many_disguises.ipynb"
RIDGE_IS_MAP = "notebooks/02_ridge_is_map.ipynb"

QUESTIONS = (
    Question(
        "why-not-sparse",
        KIND,
        "Why does L1 make coefficients exactly zero and L2 does not?",
        "The slope of b² is 0 at 0, so any pull by the data moves b away. The slope of "
        "|b| is ±1 at 0, so a small pull does not. For one column L2 multiplies by a "
        "factor, and L1 subtracts a constant.",
        cleandoc("""
            import numpy as np

            b = np.array([0.3, 0.8, 2.0])  # least squares, x'x = 1
            print((b / (1 + 0.5)).round(2))  # L2: 0.5 b²
            print(np.sign(b) * np.maximum(np.abs(b) - 0.5, 0))  # L1: |b|
        """),
        "[0.2  0.53 1.33]\n[0.  0.3 1.5]",
        ("scikit-learn", "glmnet"),
        "docs/guide/other-losses.md",
        "lasso, sparsity, variable selection, feature selection, soft threshold, "
        "diamond, corner",
    ),
    Question(
        "l1-or-l2",
        KIND,
        "When should I use L1 and when L2?",
        "L2 if many coefficients are small, or columns are correlated: it keeps all. "
        "L1 if few are not 0 and you want to know which: among correlated columns it "
        "keeps one almost by chance. The elastic net is between them.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Lasso, Ridge

            rng = np.random.default_rng(0)
            x = rng.standard_normal((50, 1))
            X = x + 0.05 * rng.standard_normal((50, 2))
            y = X.sum(axis=1) + rng.standard_normal(50)
            for estimator in (Ridge(1.0), Lasso(0.2)):
                print(estimator.fit(X, y).coef_.round(1))
        """),
        "[0.9 1.2]\n[0.  1.8]",
        ("scikit-learn", "glmnet"),
        "docs/glossary.md#elastic-net",
        "lasso or ridge, elastic net, variable selection, feature selection, grouped "
        "features, choose",
    ),
    Question(
        "collinear-columns",
        KIND,
        "What does ridge do with collinear columns?",
        "Least squares knows their sum and not their difference. The prior says that "
        "the difference is about 0, so two equal columns share their effect, and the "
        "posterior stays wide along the difference.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import LinearModel, fit_exact, likelihoods, priors

            X, y = np.repeat(np.arange(10.0)[:, None], 2, axis=1), 4 * np.arange(10.0)
            noise, prior = likelihoods.Normal(1.0), priors.Normal(3.0)
            fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
            for weights in ([0, 1, 1], [0, 1, -1]):
                print(f"{np.sqrt(weights @ fit.cov @ weights):.2f}", fit.coef.round(2))
        """),
        "0.11 [2. 2.]\n4.24 [2. 2.]",
        ("scikit-learn", "statsmodels"),
        RIDGE_IS_MAP,
        "multicollinearity, colinearity, correlated predictors, VIF, unstable",
    ),
    Question(
        "more-columns-than-rows",
        KIND,
        "Is ridge unique when there are more columns than rows?",
        "Yes, for every α > 0: where the rows do not determine the coefficients, the "
        "prior does. As α goes to 0 ridge tends to the shortest of all coefficients "
        "that fit the rows exactly.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            rng = np.random.default_rng(0)
            X, y = rng.standard_normal((5, 20)), rng.standard_normal(5)
            shortest = np.linalg.lstsq(X, y)[0]
            for alpha in (1.0, 1e-6):
                ridge = Ridge(alpha, fit_intercept=False).fit(X, y)
                print(f"{np.abs(ridge.coef_ - shortest).max():.4f}")
        """),
        "0.0330\n0.0000",
        ("scikit-learn", "NumPy"),
        DISGUISES,
        "p > n, high dimensional, more predictors than observations, underdetermined, "
        "minimum norm, pseudoinverse",
    ),
    Question(
        "which-directions-shrink",
        KIND,
        "Does ridge shrink all coefficients by the same factor?",
        "No. Along each principal axis of the columns, with singular value d, the "
        "factor is d²/(d² + α): directions in which the rows vary little shrink most. "
        "A single coefficient may even grow or change its sign.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X, _ = datasets.diabetes()
            d = np.linalg.svd(X, compute_uv=False)
            print((d**2 / (d**2 + 7.29)).round(2)[[0, -2, -1]])
        """),
        "[1.   0.83 0.34]",
        ("scikit-learn",),
        RIDGE_IS_MAP,
        "SVD, principal components, PCA regression, eigenvalues, sign flip, uniform "
        "shrinkage",
    ),
    Question(
        "effective-degrees-of-freedom",
        KIND,
        "How many effective degrees of freedom has a ridge fit?",
        "The trace of the matrix that turns y into predictions: the sum of "
        "d²/(d² + α) over the singular values of the centred columns, and 1 for the "
        "intercept.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X, _ = datasets.diabetes()
            d = np.linalg.svd(X - X.mean(), compute_uv=False)
            for alpha in (0, 7.29, 1000):
                print(f"{1 + np.sum(d**2 / (d**2 + alpha)):.1f}")
        """),
        "11.0\n10.0\n3.5",
        ("scikit-learn", "glmnet"),
        "docs/glossary.md#effective-degrees-of-freedom",
        "edf, hat matrix trace, model complexity, number of parameters, AIC, BIC",
    ),
    Question(
        "biased-and-better",
        KIND,
        "Ridge is biased: why is it better than least squares?",
        "As α grows from 0 its variance falls in proportion to α, and its squared bias "
        "grows with α². So some α > 0 has less error for every true b; which α depends "
        "on b. Here b has the length 3, and the columns are orthonormal.",
        cleandoc("""
            p, sigma, squares = 10, 1.0, 9.0  # squares is ||b||²
            for alpha in (0, p * sigma**2 / squares, 10):
                variance = p * sigma**2 / (1 + alpha) ** 2
                bias = alpha**2 * squares / (1 + alpha) ** 2
                print(f"{alpha:.2f}: {variance + bias:.2f}")
        """),
        "0.00: 10.00\n1.11: 4.74\n10.00: 7.52",
        ("scikit-learn", "statsmodels"),
        "docs/guide/what-is-said.md",
        "bias-variance tradeoff, mean squared error, OLS, MSE existence theorem, "
        "shrinkage",
    ),
    Question(
        "extra-rows",
        KIND,
        "Can I get ridge from a program for ordinary least squares?",
        "Yes: centre first. Then add a row to the data for each column, with √α in "
        "that column and 0 as its y. The prior has the same effect as p rows of data.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            rows = np.vstack([X - X.mean(), np.sqrt(7.29) * np.eye(10)])
            b = np.linalg.lstsq(rows, np.append(y - y.mean(), np.zeros(10)))[0]
            print(f"{np.abs(b - Ridge(7.29).fit(X, y).coef_).max():.6f}")
        """),
        "0.000000",
        ("NumPy", "scikit-learn", "statsmodels"),
        DISGUISES,
        "data augmentation trick, pseudo-observations, OLS, augmented, lstsq, QR",
    ),
)
