"""Early stopping and the path of gradient descent."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Early stopping and gradient descent"
LOSSES = "notebooks/01_losses_are_likelihoods.ipynb"
DECAY = "notebooks/09_weight_decay.ipynb"

QUESTIONS = (
    Question(
        "early-stopping-is-ridge",
        KIND,
        "Is early stopping the same as L2 regularisation?",
        "Almost. After t steps of size s the share kept of each axis is 1 − (1 − sd²)ᵗ, "
        "and ridge has d²/(d² + α). One α makes them equal where all d are equal, and "
        "not elsewhere: here d² is 1, 0.1 and 0.01.",
        cleandoc("""
            import numpy as np

            d2, step, alpha = np.array([1.0, 0.1, 0.01]), 0.5, 0.1
            steps = round(1 / (step * alpha))
            print((1 - (1 - step * d2) ** steps).round(2))
            print((d2 / (d2 + alpha)).round(2))
        """),
        "[1.   0.64 0.1 ]\n[0.91 0.5  0.09]",
        ("PyTorch", "Keras", "scikit-learn", "XGBoost"),
        LOSSES,
    ),
    Question(
        "steps-and-alpha",
        KIND,
        "How many gradient steps belong to a ridge penalty?",
        "About t = 1/(sα) for ½||y − Xb||² and step size s: of weak axes both then keep "
        "the share d²/α. The exact number for equal axes is "
        "t = log(α/(d² + α))/log(1 − sd²).",
        cleandoc("""
            import numpy as np

            d2, step, alpha = 1.0, 0.1, 0.25
            t = np.log(alpha / (d2 + alpha)) / np.log(1 - step * d2)
            print(f"{t:.1f} steps")
            print(f"{1 - (1 - step * d2) ** t:.3f} {d2 / (d2 + alpha):.3f}")
        """),
        "15.3 steps\n0.800 0.800",
        ("PyTorch", "scikit-learn"),
        LOSSES,
    ),
    Question(
        "implicit-bias",
        KIND,
        "Does gradient descent regularise without a penalty?",
        "It stays in the span of the rows. From 0 on squared error with p > n it ends "
        "at the shortest solution, which is the limit of ridge for α to 0. From "
        "another start it ends nearest to that start.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            X, y, b = rng.standard_normal((5, 20)), rng.standard_normal(5), np.zeros(20)
            for _ in range(2000):
                b -= 0.02 * X.T @ (X @ b - y)
            shortest = np.linalg.lstsq(X, y)[0]
            print(f"{np.abs(b - shortest).max():.6f}")
        """),
        "0.000000",
        ("PyTorch", "NumPy"),
        LOSSES,
    ),
    Question(
        "both-at-once",
        KIND,
        "Should I use early stopping and weight decay together?",
        "Then two settings do one thing, and the result is the MAP of neither. If you "
        "want to say which prior you had, train until it converges and set the decay. "
        "Here the share kept by both is less than by either.",
        cleandoc("""
            d2, step, alpha, steps = 1.0, 0.1, 0.25, 16
            decay = d2 / (d2 + alpha)
            stopping = 1 - (1 - step * d2) ** steps
            both = decay * (1 - (1 - step * (d2 + alpha)) ** steps)
            print(f"{decay:.2f} {stopping:.2f} {both:.2f}")
        """),
        "0.80 0.81 0.71",
        ("PyTorch", "Keras"),
        DECAY,
    ),
    Question(
        "slow-convergence",
        KIND,
        "Why does L2 make gradient descent converge faster?",
        "It adds α to every curvature, so the ratio of the largest to the smallest "
        "falls from d₁²/dₚ² to (d₁² + α)/(dₚ² + α). This ratio sets the number of "
        "steps.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X, _ = datasets.diabetes()
            d2 = np.linalg.svd(X, compute_uv=False) ** 2
            for alpha in (0, 7.29):
                print(f"{(d2[0] + alpha) / (d2[-1] + alpha):.0f}")
        """),
        "470\n161",
        ("PyTorch", "scikit-learn"),
        LOSSES,
    ),
)
