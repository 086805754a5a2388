"""The intercept, units of columns, weights."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Intercept, units and columns"

QUESTIONS = (
    Question(
        "penalise-the-intercept",
        KIND,
        "Should the intercept be penalised too?",
        "No. If it is, a constant added to y changes the slopes. Without a penalty on "
        "it the slopes are those of centred data. Here are slopes before and after 100 "
        "is added to y: without that penalty, then with it.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])
            ones = np.column_stack([np.ones(3), x])
            for A, free in ((x[:, None], True), (ones, False)):
                ridge = Ridge(1.0, fit_intercept=free)
                slopes = [ridge.fit(A, y + add).coef_[-1] for add in (0, 100)]
                print(f"{slopes[0]:.2f} {slopes[1]:.2f}")
        """),
        "1.00 1.00\n1.08 26.08",
        ("scikit-learn", "statsmodels"),
        "notebooks/10_where_it_breaks.ipynb",
        "bias term, constant, shrink, regularize, centering, fit_intercept",
    ),
    Question(
        "standardise-first",
        KIND,
        "Do I have to standardise the columns before ridge?",
        "The penalty adds coefficients of different units, so it depends on the units. "
        "Standardising is one choice: the same prior per sd of each column. Here a "
        "column is in metres, then in millimetres: the same α is another prior.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            metres, y = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 5.0])
            for factor in (1, 1000):
                slope = Ridge(1.0).fit(metres * factor, y).coef_[0] * factor
                print(f"{slope:.2f} per metre")
        """),
        "1.06 per metre\n1.29 per metre",
        ("scikit-learn", "glmnet", "MASS"),
        "notebooks/10_where_it_breaks.ipynb",
        "normalize, scaling, scale features, predictors, units, z-score, centering",
    ),
    Question(
        "units-of-y",
        KIND,
        "Does the right penalty change if I rescale the target?",
        "Not for ridge: σ and τ scale with y, and α = σ²/τ² stays. Lasso's penalty, "
        "and a prior sd that is fixed as in PyMC, have to be scaled with y.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Lasso, Ridge

            X, y = np.array([[0.0], [1.0], [3.0]]), np.array([1.0, 2.0, 6.0])
            for estimator in (Ridge(1.0), Lasso(1.0)):
                slopes = [estimator.fit(X, c * y).coef_[0] / c for c in (1, 10)]
                print(f"{slopes[0]:.2f} {slopes[1]:.2f}")
        """),
        "1.41 1.41\n1.07 1.65",
        ("scikit-learn", "PyMC"),
        "docs/guide/penalties-elsewhere.md",
        "scale the response, normalise y, invariant, equivariant, standardised target",
    ),
    Question(
        "which-divisor",
        KIND,
        "Does it matter whether I standardise with n or with n − 1?",
        "A little. StandardScaler, glmnet and lm.ridge divide by n, pandas and R's "
        "scale by n − 1. Then the same α is another prior on the raw columns, by the "
        "factor n/(n − 1): 1.09 for 12 rows.",
        cleandoc("""
            import numpy as np

            x = np.arange(12.0)
            print(f"{x.var(ddof=1) / x.var(ddof=0):.2f}")
        """),
        "1.09",
        ("scikit-learn", "pandas", "glmnet", "MASS"),
        "docs/conventions.md",
        "ddof, Bessel correction, population or sample standard deviation, "
        "StandardScaler",
    ),
    Question(
        "raw-units",
        KIND,
        "How do I turn the coefficients of a scaled pipeline into raw units?",
        "Divide each coefficient and its sd by the scale of its column. The intercept "
        "is the mean of y minus the means of the columns times these coefficients.",
        cleandoc("""
            from sklearn.datasets import load_diabetes
            from sklearn.linear_model import Ridge
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler

            X, y = load_diabetes(return_X_y=True, scaled=False)
            scaler, ridge = make_pipeline(StandardScaler(), Ridge(7.29)).fit(X, y)
            raw = ridge.coef_ / scaler.scale_
            print(f"{ridge.coef_[2]:.2f} per sd, {raw[2]:.2f} per unit of bmi")
        """),
        "24.69 per sd, 5.59 per unit of bmi",
        ("scikit-learn",),
        "docs/fitted-ridge.md"
        "#i-have-a-pipeline-with-standardscaler-what-are-the-coefficients-in-raw-units",
        "unscale, back-transform, original scale, inverse transform, StandardScaler, "
        "interpret",
    ),
    Question(
        "one-hot-columns",
        KIND,
        "Should I drop one level of a one-hot encoding with ridge?",
        "No. With a penalty all levels can stay, and all have the same prior. If one "
        "is dropped it is not penalised, and predictions depend on which one it was. "
        "Here is the prediction for one group: with all levels, then without each.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            levels, y = np.eye(3)[[0, 0, 1, 1, 2]], np.array([1.0, 2, 4, 5, 9])
            for kept in ([0, 1, 2], [1, 2], [0, 2], [0, 1]):
                ridge = Ridge(1.0).fit(levels[:, kept], y)
                print(f"{ridge.predict(levels[:, kept])[-1]:.2f}")
        """),
        "6.82\n6.16\n6.79\n5.57",
        ("scikit-learn", "pandas"),
        "docs/guide/your-data.md#columns",
        "dummy variable trap, drop first, categorical, reference level, get_dummies, "
        "factor",
    ),
    Question(
        "what-weights-mean",
        KIND,
        "What do sample weights mean in a ridge fit?",
        "A row of weight w has the noise variance σ²/w. For the coefficients, weight 2 "
        "is the same as the row twice. It is not the same for an unknown σ: two rows "
        "say more about it than one.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            X, y = np.array([[0.0], [1.0], [3.0]]), np.array([1.0, 2.0, 6.0])
            weighted = Ridge(1.0).fit(X, y, sample_weight=[1, 1, 2]).coef_[0]
            twice = Ridge(1.0).fit(X[[0, 1, 2, 2]], y[[0, 1, 2, 2]]).coef_[0]
            print(f"{weighted:.4f} {twice:.4f}")
        """),
        "1.5161 1.5161",
        ("scikit-learn",),
        "docs/fitted-ridge.md#what-do-sample-weights-do",
        "sample_weight, frequency weights, precision weights, duplicate observations, "
        "WLS",
    ),
)
