"""Networks: weight decay, dropout, ensembles, width."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Networks: weight decay, dropout, ensembles"
DECAY = "notebooks/09_weight_decay.ipynb"
BREAKS = "notebooks/10_where_it_breaks.ipynb"

QUESTIONS = (
    Question(
        "decay-and-l2",
        KIND,
        "Is weight decay the same as L2 regularisation?",
        "With plain SGD, yes: a step on loss + ½λ||w||² multiplies w by 1 − ηλ. With "
        "Adam a penalty in the loss is divided by the running size of the gradient, "
        "and decay is not: two methods.",
        cleandoc("""
            w, gradient, rate, decay = 2.0, 0.5, 0.1, 0.01
            penalty_step = w - rate * (gradient + decay * w)
            decay_step = (1 - rate * decay) * w - rate * gradient
            print(f"{penalty_step:.4f} {decay_step:.4f}")
        """),
        "1.9480 1.9480",
        ("PyTorch", "Keras", "Optax"),
        DECAY,
    ),
    Question(
        "adamw-prior",
        KIND,
        "Which prior is the weight decay of AdamW?",
        "None. Its steps do not descend loss + ½λ||w||², so its limit is not a MAP "
        "under a Gaussian prior. Adam with the penalty in the loss keeps the "
        "stationary points of the MAP.",
        "bayes-l2 conventions torch-adamw",
        "no objective of this form",
        ("PyTorch", "Optax"),
        BREAKS,
    ),
    Question(
        "prior-of-a-trained-network",
        KIND,
        "Which prior did my network have with weight_decay=1e-4?",
        "For mean squared error by SGD the prior sd of each weight is "
        "σ√2/√(weight_decay n). It depends on the number of rows n and on the noise "
        "sd. With 50 000 rows and σ = 1 it is 0.63.",
        "bayes-l2 convert 1e-4 --from torch-sgd --to prior-sd --n 50000 --noise-sd 1",
        "sd = 0.632455532 in bayes_l2.priors.Normal(sd)",
        ("PyTorch",),
        DECAY,
    ),
    Question(
        "decay-for-cross-entropy",
        KIND,
        "How do I set weight_decay so that the weights have the prior normal(0, 1)?",
        "For a mean cross-entropy by SGD, weight_decay = 1/(n τ²): with 1000 rows and "
        "τ = 1 it is 0.001. There is no noise sd in it. For a summed loss leave n out.",
        "bayes-l2 convert 1 --from prior-sd --to torch-sgd-cross-entropy --n 1000",
        "weight_decay = 0.001 in torch.optim.SGD",
        ("PyTorch", "Keras"),
        DECAY,
    ),
    Question(
        "decay-biases",
        KIND,
        "Should biases and norm parameters be decayed?",
        "A bias is an intercept: decay pulls predictions to 0 for no reason. Put it in "
        "a group with weight_decay=0. Here the mean of y is 10, and decay with α = n "
        "halves it.",
        cleandoc("""
            n, mean, alpha = 50, 10.0, 50
            print(n * mean / (n + alpha))
        """),
        "5.0",
        ("PyTorch", "Keras", "Optax"),
        DECAY,
    ),
    Question(
        "batch-norm-and-decay",
        KIND,
        "What does weight decay do to weights before a batch norm?",
        "Nothing to the function, which is the same for w and c·w. A smaller w always "
        "has less penalty, so the sum has no minimum. What decay moves is the "
        "effective step: small weights turn more in one step.",
        cleandoc("""
            import numpy as np

            x, w = np.random.default_rng(0).standard_normal((8, 3)), np.ones(3)

            def normed(w):
                return (x @ w - (x @ w).mean()) / (x @ w).std()

            print(f"{np.abs(normed(w) - normed(0.01 * w)).max():.6f}")
        """),
        "0.000000",
        ("PyTorch", "Keras"),
        BREAKS,
    ),
    Question(
        "dropout-and-l2",
        KIND,
        "Is dropout a kind of L2 regularisation?",
        "For a linear model, on average over the masks, yes: with the share q dropped "
        "and inputs divided by 1 − q, the penalty is q/(1 − q) Σ (x'x)ⱼⱼ bⱼ². Large "
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
        DECAY,
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
        DECAY,
    ),
    Question(
        "ensembles",
        KIND,
        "Is a deep ensemble a sample of the posterior?",
        "Not by itself. For a linear model, refits to y with new noise AND to a draw "
        "of the prior are exact posterior draws. Without the draw of the prior the sds "
        "are too small: here as shares of the posterior's, least and most.",
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
        DECAY,
    ),
    Question(
        "last-layer",
        KIND,
        "Can I get exact uncertainty for the last layer of a network?",
        "Yes, given the layers below: with squared error the outputs of the last "
        "hidden layer are columns of a ridge regression. It leaves out what is unknown "
        "about those layers.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import LinearModel, fit_exact, likelihoods, priors

            rng = np.random.default_rng(0)
            x = np.linspace(-2, 2, 40)[:, None]
            hidden = np.maximum(x @ rng.standard_normal((1, 30)) + rng.random(30), 0)
            noise, prior = likelihoods.Normal(0.1), priors.Normal(1.0)
            fit = fit_exact(
                LinearModel(hidden, np.sin(x[:, 0]), likelihood=noise, prior=prior)
            )
            print(f"{fit.predictive(hidden[:1]).std()[0]:.2f}")
        """),
        "0.11",
        ("PyTorch", "laplace-torch"),
        DECAY,
    ),
    Question(
        "wide-networks",
        KIND,
        "Do wide networks become Gaussian processes?",
        "If only the last layer is trained, its ridge fit tends to the process whose "
        "kernel is the mean product of two hidden units. The error of the kernel falls "
        "as 1/√width: a hundred times the width, a tenth of the error.",
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
        DECAY,
    ),
    Question(
        "factors-are-lasso",
        KIND,
        "Does L2 on the factors of a product stay L2?",
        "No: the least ½(u² + v²) with uv = b is |b|, so decay of two linear layers "
        "that meet in one path is an L1 penalty on their product.",
        cleandoc("""
            import numpy as np

            u = np.geomspace(0.1, 10, 100_001)
            for b in (0.5, 2.0):
                print(f"{np.min(u**2 + (b / u) ** 2) / 2:.2f}")
        """),
        "0.50\n2.00",
        ("PyTorch",),
        BREAKS,
    ),
    Question(
        "many-modes",
        KIND,
        "Is the posterior of a network with weight decay Gaussian?",
        "No. Swapping hidden units, or changing the signs of tanh units, leaves the "
        "function and the prior as they are. So each mode has copies, 2ʰh! of them for "
        "h units in one layer, and decay finds one.",
        cleandoc("""
            from math import factorial

            units = 10
            print(f"{2**units * factorial(units):.1e}")
        """),
        "3.7e+09",
        ("PyTorch", "PyMC"),
        DECAY,
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
        DECAY,
    ),
)
