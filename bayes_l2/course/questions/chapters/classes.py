"""Classes: cross-entropy with an L2 penalty."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Classes: cross-entropy with L2"
CLASSES = "notebooks/08_classification.ipynb"

QUESTIONS = (
    Question(
        "mse-for-classes",
        KIND,
        "Why is cross-entropy used for classes and not squared error?",
        "It is the likelihood of labels, and its slope in the log odds is p − y: a "
        "confident mistake has a slope near 1. The squared error of a probability has "
        "2(p − y)p(1 − p), which is near 0 just there.",
        cleandoc("""
            p, y = 0.01, 1  # a confident mistake
            print(f"{p - y:.2f} {2 * (p - y) * p * (1 - p):.2f}")
        """),
        "-0.99 -0.02",
        ("PyTorch", "Keras", "scikit-learn"),
        CLASSES,
    ),
    Question(
        "logistic-is-a-map",
        KIND,
        "Is L2-penalised logistic regression a MAP too?",
        "Yes: the same Gaussian prior beside another likelihood, with the prior sd √C. "
        "The prior is not conjugate, so the posterior is only roughly Gaussian and the "
        "mode is not its mean.",
        "bayes-l2 convert 4 --from logistic-regression --to prior-sd",
        "sd = 2 in bayes_l2.priors.Normal(sd)",
        ("scikit-learn", "PyMC"),
        "docs/fitted-ridge.md#which-prior-is-c1",
    ),
    Question(
        "perfect-separation",
        KIND,
        "My logistic regression does not converge, with perfect separation: why?",
        "A line separates the classes, so the likelihood rises as the coefficients "
        "grow, and no maximum exists. Any L2 penalty gives a finite one, whose size "
        "then comes from the prior: see it for three values of C.",
        cleandoc("""
            from sklearn.linear_model import LogisticRegression

            X, y = [[-1.0], [1.0]], [0, 1]
            for C in (1, 100, 10_000):
                print(f"{LogisticRegression(C=C).fit(X, y).coef_[0, 0]:.1f}")
        """),
        "0.7\n3.9\n7.7",
        ("scikit-learn", "statsmodels"),
        "docs/glossary.md#separable-classes",
    ),
    Question(
        "softmax-is-not-unique",
        KIND,
        "Softmax weights are not unique: does L2 fix this?",
        "A vector added to the weights of all classes changes no probability. Among "
        "these the penalty is least where the weights sum to 0 over the classes. "
        "Intercepts without a penalty stay undetermined.",
        cleandoc("""
            from sklearn.linear_model import LogisticRegression

            from bayes_l2 import datasets

            X, y = datasets.iris()
            fit = LogisticRegression().fit(X, y)
            print(f"{abs(fit.coef_.sum(axis=0)).max():.3f}")
        """),
        "0.000",
        ("scikit-learn", "PyTorch", "glmnet"),
        CLASSES,
    ),
    Question(
        "ridge-classifier",
        KIND,
        "What is the difference between RidgeClassifier and LogisticRegression?",
        "RidgeClassifier is ridge on labels −1 and 1: a linear solve, and no "
        "probabilities. Squared error also punishes rows on the right side that are "
        "far out; cross-entropy hardly does. Here are the shares of labels that they "
        "get right.",
        cleandoc("""
            from sklearn.linear_model import LogisticRegression, RidgeClassifier

            from bayes_l2 import datasets

            X, y = datasets.breast_cancer()
            for estimator in (RidgeClassifier(), LogisticRegression()):
                print(f"{estimator.fit(X, y).score(X, y):.3f}")
        """),
        "0.968\n0.988",
        ("scikit-learn",),
        CLASSES,
    ),
    Question(
        "default-c",
        KIND,
        "Is LogisticRegression regularised by default?",
        "Yes: C=1 is a prior sd of 1 in log odds for a unit of each column. For a "
        "column that varies little, such as a share from 0 to 1, that is a firm prior. "
        "Use C=inf for none. Here are the slopes of both.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import LogisticRegression

            X, y = np.linspace(0, 1, 8)[:, None], np.array([0, 0, 1, 0, 0, 1, 1, 1])
            for C in (1.0, np.inf):
                print(f"{LogisticRegression(C=C).fit(X, y).coef_[0, 0]:.1f}")
        """),
        "0.7\n5.8",
        ("scikit-learn", "statsmodels"),
        "docs/fitted-ridge.md#which-prior-is-c1",
    ),
    Question(
        "counts",
        KIND,
        "Which loss and penalty suit counts?",
        "The Poisson likelihood with a log link, and L2 on its coefficients: a MAP "
        "with a Gaussian prior in logs. PoissonRegressor averages the loss, so its "
        "alpha is 1/(n τ²).",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import PoissonRegressor

            X, y = np.arange(6.0)[:, None], np.array([1, 1, 2, 4, 6, 11])
            for tau in (0.1, 10):
                fit = PoissonRegressor(alpha=1 / (6 * tau**2)).fit(X, y)
                print(f"{fit.coef_[0]:.2f}")
        """),
        "0.20\n0.54",
        ("scikit-learn", "statsmodels", "glmnet"),
        "docs/guide/other-losses.md",
    ),
)
