"""Networks and their weight decay; classes and cross-entropy."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Networks and weight decay"
WITHOUT = "notebooks/12_regularisation_without_a_penalty.ipynb"
OF_CLASSES = "Classes: cross-entropy with L2"
DECAY = "notebooks/09_weight_decay.ipynb"
CLASSES = "notebooks/08_classification.ipynb"
BREAKS = "notebooks/10_where_it_breaks.ipynb"

QUESTIONS = (
    Question(
        "decay-and-l2",
        KIND,
        "Is weight decay the same as L2 regularisation?",
        "With plain SGD, yes: a step on loss + ½λ||w||² multiplies w by 1 − ηλ. With "
        "Adam a penalty in the loss is divided by the running size of the gradient, "
        "and decay is not, so they differ.",
        cleandoc("""
            w, gradient, rate, decay = 2.0, 0.5, 0.1, 0.01
            penalty_step = w - rate * (gradient + decay * w)
            decay_step = (1 - rate * decay) * w - rate * gradient
            print(f"{penalty_step:.4f} {decay_step:.4f}")
        """),
        "1.9480 1.9480",
        ("PyTorch", "Keras", "Optax"),
        DECAY,
        "Adam, SGD, decoupled, weight decay versus L2 penalty, optimizer, difference",
    ),
    Question(
        "adamw-prior",
        KIND,
        "Which prior is the weight decay of AdamW?",
        "None. It has no objective of the form loss + ½λ||w||². On this loss it ends "
        "at 1, without any shrinkage, where the MAP is at 0.67. Adam with the penalty "
        "in the loss has the stationary points of the MAP.",
        cleandoc("""
            decay, w, m, v = 0.5, 0.0, 0.0, 0.0
            for step in range(1, 20_001):
                slope = w - 1  # of the loss ½(w − 1)²
                m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
                w -= 0.1 / step**0.5 * (m / (v**0.5 + 1e-8) + decay * w)
            print(f"{w:.2f} {1 / (1 + decay):.2f}")
        """),
        "1.00 0.67",
        ("PyTorch", "Optax"),
        BREAKS,
        "decoupled weight decay, Bayesian interpretation, Gaussian prior, Adam, MAP",
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
        "Bayesian neural network, prior variance, imply, weight decay to Gaussian "
        "prior, posterior, laplace",
    ),
    Question(
        "decay-for-cross-entropy",
        KIND,
        "How do I set weight_decay so that the weights have the prior normal(0, 1)?",
        "For a mean cross-entropy by SGD, weight_decay = 1/(n τ²): with 1000 rows and "
        "τ = 1 it is 0.001. There is no noise sd in it. For a loss that is summed "
        "over minibatches of B rows it is B/(n τ²).",
        "bayes-l2 convert 1 --from prior-sd --to torch-sgd-cross-entropy --n 1000",
        "weight_decay = 0.001 in torch.optim.SGD",
        ("PyTorch", "Keras"),
        DECAY,
        "Bayesian neural network, prior variance, choose weight decay, set lambda",
    ),
    Question(
        "decay-biases",
        KIND,
        "Should biases and norm parameters be decayed?",
        "No. A bias is an intercept: decay pulls predictions to 0 without a reason. "
        "The same holds for the scale and shift of a norm. Put them in a group with "
        "weight_decay=0. Here the mean of y is 10, and decay with α = n halves it.",
        cleandoc("""
            n, mean, alpha = 50, 10.0, 50
            print(n * mean / (n + alpha))
        """),
        "5.0",
        ("PyTorch", "Keras", "Optax"),
        DECAY,
        "bias, LayerNorm, BatchNorm, parameter groups, no_decay, exclude, regularize",
    ),
    Question(
        "batch-norm-and-decay",
        KIND,
        "What does weight decay do to weights before a batch norm?",
        "It does not change the function, which is the same for w and c·w. A smaller w "
        "always has less penalty, so the sum has no minimum. The decay changes the "
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
        WITHOUT,
        "batchnorm, LayerNorm, scale invariance, effective learning rate, irrelevant",
    ),
    Question(
        "last-layer",
        KIND,
        "Can I get exact uncertainty for the last layer of a network?",
        "Yes, given the layers below: with squared error the outputs of the last "
        "hidden layer are columns of a ridge regression. This does not include the "
        "uncertainty of those layers.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import LinearModel, fit_exact, likelihoods, priors

            rng = np.random.default_rng(0)
            x = np.linspace(-2, 2, 40)[:, None]
            hidden = np.maximum(x @ rng.standard_normal((1, 30)) + rng.random(30), 0)
            noise, prior = likelihoods.Normal(0.1), priors.Normal(1.0)
            model = LinearModel(hidden, np.sin(x[:, 0]), likelihood=noise, prior=prior)
            fit = fit_exact(model)
            print(f"{fit.predictive(hidden[:1]).std()[0]:.2f}")
        """),
        "0.11",
        ("PyTorch", "laplace-torch"),
        WITHOUT,
        "Bayesian last layer, Laplace approximation, neural linear model, features, "
        "uncertainty, frozen",
    ),
    Question(
        "factors-are-lasso",
        KIND,
        "Does L2 on the factors of a product stay L2?",
        "No: the least ½(u² + v²) with uv = b is |b|. So decay of both factors, such "
        "as two linear layers of one unit, is an L1 penalty on their product.",
        cleandoc("""
            import numpy as np

            u = np.geomspace(0.1, 10, 100_001)
            for b in (0.5, 2.0):
                print(f"{np.min(u**2 + (b / u) ** 2) / 2:.2f}")
        """),
        "0.50\n2.00",
        ("PyTorch",),
        BREAKS,
        "matrix factorisation, deep linear network, nuclear norm, Hadamard, product "
        "of weights, sparsity",
    ),
    Question(
        "logistic-is-a-map",
        OF_CLASSES,
        "Is L2-penalised logistic regression a MAP too?",
        "Yes: the same Gaussian prior beside another likelihood, with the prior sd √C. "
        "The prior is not conjugate, so the posterior is only roughly Gaussian and the "
        "mode is not its mean.",
        "bayes-l2 convert 4 --from logistic-regression --to prior-sd",
        "sd = 2 in bayes_l2.priors.Normal(sd)",
        ("scikit-learn", "PyMC"),
        "docs/fitted-ridge.md#which-prior-is-c1",
        "Gaussian prior, maximum a posteriori, classification, Bayesian, regularize",
    ),
    Question(
        "perfect-separation",
        OF_CLASSES,
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
        "linearly separable, complete, quasi-separation, infinite coefficients, blow "
        "up, Firth, warning",
    ),
    Question(
        "softmax-is-not-unique",
        OF_CLASSES,
        "Softmax weights are not unique: does L2 fix this?",
        "Yes, but not for intercepts without a penalty. A vector added to the weights "
        "of all classes changes no probability. Among these weights the penalty is "
        "least where they sum to 0 over the classes. Here is the largest sum.",
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
        "overparameterised, identifiability, multinomial, reference class, logits",
    ),
    Question(
        "ridge-classifier",
        OF_CLASSES,
        "What is the difference between RidgeClassifier and LogisticRegression?",
        "RidgeClassifier is ridge on labels −1 and 1: a linear solve, and no "
        "probabilities. Squared error also punishes rows that are far on the correct "
        "side; cross-entropy hardly does. Here are the shares of labels that they get "
        "right.",
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
        "least squares classifier, squared loss classification, LDA, linear "
        "discriminant, accuracy",
    ),
)
