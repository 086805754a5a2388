"""Early stopping, dropout, noise and ensembles: regularisation without a penalty."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Early stopping, dropout, ensembles: no penalty in the loss"
WITHOUT = "notebooks/12_regularisation_without_a_penalty.ipynb"
LOSSES = "notebooks/01_losses_are_likelihoods.ipynb"
DECAY = "notebooks/09_weight_decay.ipynb"

QUESTIONS = (
    Question(
        "early-stopping-is-ridge",
        KIND,
        "Is early stopping the same as L2 regularisation?",
        "Almost. After t steps of size s from 0 each axis keeps the share 1 − (1 − "
        "sd²)ᵗ. Ridge keeps d²/(d² + α). One α makes these equal on all axes only if "
        "all d are equal: here d² is 1, 0.1 and 0.01.",
        cleandoc("""
            import numpy as np

            d2, step, alpha = np.array([1.0, 0.1, 0.01]), 0.5, 0.1
            steps = round(1 / (step * alpha))
            print((1 - (1 - step * d2) ** steps).round(2))
            print((d2 / (d2 + alpha)).round(2))
        """),
        "[1.   0.64 0.1 ]\n[0.91 0.5  0.09]",
        ("PyTorch", "Keras", "scikit-learn", "XGBoost"),
        WITHOUT,
        "number of epochs, iterations, boosting rounds, L2 penalty, equivalence, "
        "validation loss",
    ),
    Question(
        "steps-and-alpha",
        KIND,
        "How many gradient steps belong to a ridge penalty?",
        "For ½||y − Xb||² and steps of size s from 0: t = 1/(sα) suits weak axes, as "
        "both then keep about the share d²/α. For an axis d, or equal ones, it is "
        "exactly t = log(α/(d² + α))/log(1 − sd²).",
        cleandoc("""
            import numpy as np

            d2, step, alpha = 1.0, 0.1, 0.25
            t = np.log(alpha / (d2 + alpha)) / np.log(1 - step * d2)
            print(f"{t:.1f} steps")
            print(f"{1 - (1 - step * d2) ** t:.3f} {d2 / (d2 + alpha):.3f}")
        """),
        "15.3 steps\n0.800 0.800",
        ("PyTorch", "scikit-learn"),
        WITHOUT,
        "number of epochs, iterations, early stopping, learning rate, training time, "
        "convert to lambda",
    ),
    Question(
        "implicit-bias",
        KIND,
        "Does gradient descent regularise without a penalty?",
        "Its steps stay in the span of the rows. From 0 on squared error with p > n it "
        "ends at the shortest solution, the limit of ridge for α to 0. From another "
        "start it ends at the solution nearest to that start.",
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
        WITHOUT,
        "implicit regularization, SGD, overparameterised, interpolation, minimum norm "
        "solution, pseudoinverse",
    ),
    Question(
        "both-at-once",
        KIND,
        "Should I use early stopping and weight decay together?",
        "Then two settings have the same effect, and the result is not the MAP of your "
        "decay. If you want to say which prior you had, train until it converges and "
        "set the decay. Here are the shares kept by decay, by stopping, and by both.",
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
        "early stopping plus L2, combine regularisers, epochs, redundant",
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
        "condition number, ill-conditioned, learning rate, strongly convex, Hessian "
        "eigenvalues",
    ),
    Question(
        "dropout-and-l2",
        KIND,
        "Is dropout a kind of L2 regularisation?",
        "For a linear model, on average over the masks, yes: with the share q dropped "
        "and inputs divided by 1 − q, the penalty is q/(1 − q) Σ (X'X)ⱼⱼ bⱼ². Large "
        "columns are penalised more. All masks are tried here.",
        cleandoc("""
            import numpy as np

            x, b, y, q = np.array([1.0, 2.0]), np.array([0.5, -0.3]), 1.0, 0.5
            masks = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
            dropped = np.mean((y - (masks * x / (1 - q)) @ b) ** 2)
            ridge = (y - x @ b) ** 2 + q / (1 - q) * np.sum(x**2 * b**2)
            print(f"{dropped:.4f} {ridge:.4f}")
        """),
        "1.8200 1.8200",
        ("PyTorch", "Keras"),
        WITHOUT,
        "Monte Carlo dropout, adaptive regularization, Bernoulli noise, regulariser",
    ),
    Question(
        "noise-on-inputs",
        KIND,
        "Is noise on the inputs, or data augmentation by noise, an L2 penalty?",
        "For a linear model and independent noise of variance v, on average, yes: "
        "ridge with α = n v. A network's penalty is on the slopes of its function, to "
        "first order in v. Here noise of ±√v on one column is averaged exactly.",
        cleandoc("""
            import numpy as np

            x, y, b, v = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 3.0]), 0.7, 0.25
            both = [np.sum((y - (x + e) * b) ** 2) for e in (-(v**0.5), v**0.5)]
            ridge = np.sum((y - x * b) ** 2) + len(x) * v * b**2
            print(f"{np.mean(both):.4f} {ridge:.4f}")
        """),
        "3.0575 3.0575",
        ("PyTorch", "Keras"),
        WITHOUT,
        "jitter, Gaussian noise injection, Tikhonov, errors in variables, training "
        "with noise",
    ),
    Question(
        "ensembles",
        KIND,
        "Is a deep ensemble a sample of the posterior?",
        "Not by itself. For a linear model, a fit to y plus new noise, with a draw of "
        "the prior as its centre, is a posterior draw. Without the draw of the prior "
        "the sds are too small: here the smallest and largest, in posterior sds.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X = datasets.diabetes()[0].to_numpy()
            inverse = np.linalg.inv(X.T @ X + 7.29 * np.eye(10))
            sampling = np.diag(inverse @ X.T @ X @ inverse)
            shares = np.sqrt(sampling / np.diag(inverse))
            print(f"{shares.min():.2f} {shares.max():.2f}")
        """),
        "0.59 0.99",
        ("PyTorch", "Keras"),
        WITHOUT,
        "bagging, bootstrap, randomized prior functions, uncertainty, Bayesian, "
        "perturbed, randomise then optimise",
    ),
    Question(
        "double-descent",
        KIND,
        "Does ridge remove double descent?",
        "Here, yes: without a penalty the error peaks where p is n and falls after it. "
        "Ridge with α = σ²/τ² has no peak. These are medians of ||b − truth||² without "
        "a penalty and with it, for 20 rows.",
        cleandoc("""
            import numpy as np

            rng = np.random.default_rng(0)
            for p in (10, 20, 60):
                X = rng.standard_normal((300, 20, p))
                b = rng.standard_normal((300, p, 1)) / p**0.5
                y = X @ b + 0.5 * rng.standard_normal((300, 20, 1))
                firm = X.mT @ np.linalg.inv(X @ X.mT + 0.25 * p * np.eye(20))
                fits = np.linalg.pinv(X) @ y, firm @ y
                errors = [np.sum((fit - b) ** 2, axis=(1, 2)) for fit in fits]
                print(p, np.median(errors, axis=1).round(1))
        """),
        "10 [0.2 0.2]\n20 [14.2  0.4]\n60 [0.8 0.7]",
        ("PyTorch", "scikit-learn"),
        WITHOUT,
        "interpolation threshold, overparameterised, test error peak, benign "
        "overfitting, ridgeless, minimum norm",
    ),
)
