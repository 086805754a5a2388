"""Squared error, and what it assumes."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Squared error and what it assumes"
LOSSES = "notebooks/01_losses_are_likelihoods.ipynb"

QUESTIONS = (
    Question(
        "why-l2-is-common",
        KIND,
        "Why is the L2 loss so common in neural networks?",
        "It is smooth, it aims at the mean, and it is the likelihood of Gaussian noise "
        "of one variance. For classes cross-entropy is more common. The mean square "
        "about c is the variance plus (mean − c)².",
        cleandoc("""
            import numpy as np

            y, c = np.array([1.0, 2.0, 6.0]), 5.0
            parts = y.var() + (y.mean() - c) ** 2
            print(f"{np.mean((y - c) ** 2):.2f} {parts:.2f}")
        """),
        "8.67 8.67",
        ("PyTorch", "Keras"),
        "docs/why_l2.md",
        "popular, standard, default loss, MSE, deep learning, regression",
    ),
    Question(
        "gaussian-noise",
        KIND,
        "Does minimising the mean squared error assume Gaussian noise?",
        "No. Whatever the noise, if its variance is finite, the mean square is least "
        "at the conditional mean. Gaussian noise is needed to read the loss as a "
        "likelihood, and for exact intervals. Here the noise is exponential.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            x = rng.uniform(0, 1, 100_000)
            noise = rng.exponential(size=x.size) - 1
            slope, intercept = np.polyfit(x, 5 + 2 * x + noise, 1)
            print(f"{slope:.1f} {intercept:.1f}")
        """),
        "2.0 5.0",
        ("scikit-learn", "PyTorch", "Keras"),
        LOSSES,
        "MSE, normal errors, normality assumption, maximum likelihood, non-normal "
        "residuals",
    ),
    Question(
        "fourth-powers",
        KIND,
        "Why squares and not fourth powers of the errors?",
        "Squares are least at the mean, and sums of squares are solved by linear "
        "algebra. Fourth powers are least at another point where y is skewed, are "
        "drawn more to outliers, and stand for noise of a density in proportion to "
        "exp(−e⁴).",
        cleandoc("""
            import numpy as np
            from scipy.optimize import minimize_scalar

            y = np.array([0.0, 0.0, 0.0, 1.0])
            for power in (2, 4):
                best = minimize_scalar(lambda c: np.sum((y - c) ** power))
                print(power, round(best.x, 2))
        """),
        "2 0.25\n4 0.41",
        ("SciPy",),
        LOSSES,
        "quartic loss, higher power, residuals, ^4, cubed",
    ),
    Question(
        "absolute-errors",
        KIND,
        "Why squared errors rather than absolute errors?",
        "They answer different questions: squares give the mean, absolute values the "
        "median. If you want the mean, or a smooth problem, use squares. If an outlier "
        "should count no more for being far away, use absolute values.",
        cleandoc("""
            import numpy as np

            y = [1, 2, 3, 4, 100]
            print(np.mean(y), np.median(y))
        """),
        "22.0 3.0",
        ("NumPy",),
        "docs/guide/other-losses.md",
        "MAE vs MSE, MAE or MSE, L1 loss, least absolute deviations, median "
        "regression, difference",
    ),
    Question(
        "three-things-called-l2",
        KIND,
        "What is the L2 loss: the norm, its square or the mean square?",
        "All three are called so. The norm ||e|| has a kink at 0, and its square has "
        "none. The mean square divides by n. They are least at the same point, but "
        "with a penalty beside them they are three different fits.",
        cleandoc("""
            import numpy as np

            errors = np.array([3.0, 4.0])
            norm = np.linalg.norm(errors)
            print(norm, norm**2, np.mean(errors**2))
        """),
        "5.0 25.0 12.5",
        ("PyTorch", "Keras"),
        "docs/glossary.md#l2-norm-l2-loss-l2-penalty",
        "MSE, RMSE, sum of squares, Euclidean norm, terminology, squared norm",
    ),
    Question(
        "normal-errors-in-ols",
        KIND,
        "Does ordinary least squares need normal errors to be the best?",
        "No. Equal variances, no correlation and mean 0 make it best among linear "
        "unbiased estimators. Normal errors make it best among all unbiased ones. "
        "Here: the sd of its slope, and that of a line through the first and last "
        "point.",
        cleandoc("""
            import numpy as np

            x = np.arange(10.0)
            least_squares = 1 / np.linalg.norm(x - x.mean())
            through_both_ends = np.sqrt(2) / (x[-1] - x[0])
            print(f"{least_squares:.3f} {through_both_ends:.3f}")
        """),
        "0.110 0.157",
        ("statsmodels",),
        "docs/guide/what-is-said.md",
        "OLS, BLUE, Gauss-Markov theorem, normality, residuals, efficient, UMVU",
    ),
    Question(
        "histogram-of-y",
        KIND,
        "My target is skewed or has two humps: is squared error wrong?",
        "Not for this reason. An assumption, if you make one, is about y given x and "
        "not about the histogram of y. Here y has two humps because x has two, and the "
        "errors of the fit are plain noise of sd 1.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            x = rng.integers(0, 2, 10_000)
            y = 10 * x + rng.standard_normal(x.size)
            residuals = y - np.polyval(np.polyfit(x, y, 1), x)
            print(f"{y.std():.1f} {residuals.std():.1f}")
        """),
        "5.1 1.0",
        ("scikit-learn", "Keras"),
        LOSSES,
        "distribution of the response, bimodal, not normally distributed, log "
        "transform, neural net",
    ),
    Question(
        "outliers",
        KIND,
        "One outlier ruins my least-squares fit: which loss is robust?",
        "Absolute error, which is a Laplace likelihood, or Huber's loss. Their "
        "gradient is bounded, so a wrong y has a limited effect. The slope here should "
        "be 2; the last row is wrong.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import LinearRegression, QuantileRegressor

            X, y = np.arange(10.0)[:, None], 2 * np.arange(10.0)
            y[-1] = 200
            for estimator in (LinearRegression(), QuantileRegressor(alpha=0)):
                print(f"{estimator.fit(X, y).coef_[0]:.2f}")
        """),
        "11.93\n2.00",
        ("scikit-learn",),
        "docs/guide/other-losses.md",
        "robust regression, bad data points, Huber loss, contaminated, MAE",
    ),
    Question(
        "rmse-and-noise",
        KIND,
        "Is the RMSE of the training rows the noise sd?",
        "It is too small, because the fit follows a part of the noise. Divide the sum "
        "of squares by n − p − 1 instead of n. With a penalty, the effective degrees "
        "of freedom replace p + 1, roughly.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import LinearRegression

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            errors = y - LinearRegression().fit(X, y).predict(X)
            n, p = X.shape
            for divisor in (n, n - p - 1):
                print(f"{np.sqrt(np.sum(errors**2) / divisor):.1f}")
        """),
        "53.5\n54.2",
        ("scikit-learn", "statsmodels"),
        "notebooks/06_unknown_noise.ipynb",
        "residual standard error, unbiased estimate of sigma squared, residual "
        "variance, MSE, degrees of freedom",
    ),
    Question(
        "unequal-variances",
        KIND,
        "The noise is not equally large in all rows: can I still use squared error?",
        "The fit is still unbiased, but not the best, and its usual standard errors "
        "are wrong. Give each row the weight 1 over its noise variance. Here are the "
        "sds of a mean of two rows with noise sds 1 and 3, plain and weighted.",
        cleandoc("""
            import numpy as np

            variances = np.array([1.0, 9.0])
            plain = np.sqrt(variances.sum()) / 2
            weighted = 1 / np.sqrt(np.sum(1 / variances))
            print(f"{plain:.2f} {weighted:.2f}")
        """),
        "1.58 0.95",
        ("scikit-learn", "statsmodels"),
        "docs/fitted-ridge.md#what-do-sample-weights-do",
        "heteroscedastic, heteroskedasticity, weighted least squares, WLS, GLS, "
        "residual variance",
    ),
    Question(
        "mse-for-classes",
        KIND,
        "Why is cross-entropy used for classes and not squared error?",
        "It is the likelihood of labels, and its slope in the log odds is p − y. So a "
        "confident mistake has a slope near 1 or −1. The squared error of a "
        "probability has 2(p − y)p(1 − p), which is near 0 for such a mistake.",
        cleandoc("""
            p, y = 0.01, 1  # a confident mistake
            print(f"{p - y:.2f} {2 * (p - y) * p * (1 - p):.2f}")
        """),
        "-0.99 -0.02",
        ("PyTorch", "Keras", "scikit-learn"),
        "notebooks/08_classification.ipynb",
        "log loss, logistic, Brier score, sigmoid, vanishing, classification",
    ),
)
