"""Penalty and prior: sigma, tau and alpha."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Penalty and prior: σ against τ"
RIDGE_IS_MAP = "notebooks/02_ridge_is_map.ipynb"

QUESTIONS = (
    Question(
        "sigma-and-tau",
        KIND,
        "What is the difference between the noise sd σ and the prior sd τ?",
        "The ridge coefficients depend on their ratio alone, α = σ²/τ². How uncertain "
        "the coefficients are depends on both: double σ and τ, and the estimate stays "
        "while its sd doubles.",
        cleandoc("""
            from bayes_l2 import LinearModel, datasets, fit_exact
            from bayes_l2 import likelihoods, priors

            X, y = datasets.diabetes()
            for sigma, tau in ((54, 20), (108, 40)):
                noise, prior = likelihoods.Normal(sigma), priors.Normal(tau)
                fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
                print(f"{fit.coef[2]:.2f} ± {fit.sd[3]:.2f}")
        """),
        "24.69 ± 3.10\n24.69 ± 6.21",
        ("scikit-learn", "PyMC"),
        RIDGE_IS_MAP,
        "likelihood variance, weight variance, ratio, signal to noise, Gaussian "
        "prior, L2 regularization",
    ),
    Question(
        "which-prior-is-ridge",
        KIND,
        "Which prior does Ridge(alpha=1) stand for?",
        "Each coefficient is normal about 0 with the sd σ/√α. With alpha=1 the prior "
        "sd is the noise sd, in units of y per unit of the column: a wide prior for "
        "standardised columns.",
        "bayes-l2 convert 1 --from ridge --to prior-sd --noise-sd 54",
        "sd = 54 in bayes_l2.priors.Normal(sd)",
        ("scikit-learn",),
        "docs/fitted-ridge.md#which-prior-is-alpha1",
        "Gaussian prior equivalent to L2 regularization, prior variance, sklearn, "
        "correspond",
    ),
    Question(
        "prior-to-penalty",
        KIND,
        "I have a normal(0, 1) prior in PyMC: which ridge penalty is it?",
        "α = σ²/τ², so you need the noise sd as well. With σ = 3 and τ = 1 it is 9. If "
        "σ is a parameter of the model, no single α belongs to the prior.",
        "bayes-l2 convert 1 --from pymc --to ridge --noise-sd 3",
        "alpha = 9 in sklearn.linear_model.Ridge(alpha)",
        ("PyMC", "brms", "rstanarm", "Bambi", "scikit-learn"),
        RIDGE_IS_MAP,
        "convert prior standard deviation to lambda, Stan, Gaussian prior, "
        "regularization strength",
    ),
    Question(
        "penalty-and-rows",
        KIND,
        "I got more data: should the penalty grow with the number of rows?",
        "Where the loss is a sum of squares, no: the prior is the same, so α is too. "
        "Where the loss is a mean, the same prior is α/n, so the number in the program "
        "must shrink as rows are added.",
        cleandoc("""
            from bayes_l2 import convert

            for n in (100, 200):
                print(f"{convert(5.0, 'ridge', 'elastic-net', n=n).value:.3f}")
        """),
        "0.050\n0.025",
        ("scikit-learn", "PyTorch", "glmnet", "Keras"),
        "docs/guide/penalties-elsewhere.md",
        "sample size, dataset doubles, more samples, observations, scale lambda with "
        "n, mean or sum loss",
    ),
    Question(
        "the-half",
        KIND,
        "Does the factor ½ in front of the loss or the penalty matter?",
        "A factor of the whole sum does not. A ½ on one of the two terms does: "
        "½||e||² + α||b||² is ridge with 2α, and so its prior sd is smaller by √2.",
        cleandoc("""
            import numpy as np

            x, y, alpha = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0]), 7.0
            both = x @ y / (x @ x + alpha)  # ||e||² + alpha b²
            half = x @ y / (x @ x + 2 * alpha)  # ½ ||e||² + alpha b²
            print(f"{both:.2f} {half:.2f}")
        """),
        "1.10 0.82",
        ("scikit-learn", "PyTorch", "glmnet"),
        "docs/guide/what-is-said.md#where-the-equivalence-ends",
        "factor 1/2, one half, 2 in the gradient, convention, loss function, "
        "regularization term",
    ),
    Question(
        "must-it-be-bayesian",
        KIND,
        "Must I believe in a prior to use a penalty, or is it only a constraint?",
        "The coefficients are the same: least squares with ||b|| ≤ t is ridge with an "
        "α ≥ 0 that depends on the data. A prior also says how large b may be, and "
        "gives intervals. Here t is the length of the ridge solution.",
        cleandoc("""
            import numpy as np
            from scipy.optimize import minimize

            A, y = np.array([[2.0, 1], [1, 3], [0, 1]]), np.array([1.0, 2, 2])
            ridge = np.linalg.solve(A.T @ A + 4 * np.eye(2), A.T @ y)
            room = {"type": "ineq", "fun": lambda b: ridge @ ridge - b @ b}
            loss = lambda b: np.sum((y - A @ b) ** 2)
            bounded = minimize(loss, [0, 0.1], constraints=room).x
            print(f"{np.abs(bounded - ridge).max():.3f}")
        """),
        "0.000",
        ("scikit-learn", "SciPy"),
        "docs/guide/why.md",
        "constrained or penalised form, Lagrange multiplier, Tikhonov, frequentist, "
        "norm ball, budget",
    ),
    Question(
        "every-penalty-a-prior",
        KIND,
        "Is every penalty a prior and every loss a likelihood?",
        "No. A prior needs a finite integral of exp(−penalty): L2 and L1 have one, as "
        "below, and a flat penalty has none. A likelihood needs the same integral or "
        "sum of exp(−loss) over y for all predictions: the hinge loss has not.",
        cleandoc("""
            import numpy as np
            from scipy.integrate import quad

            for penalty in (lambda b: b**2, lambda b: abs(b)):
                print(f"{2 * quad(lambda b: np.exp(-penalty(b)), 0, np.inf)[0]:.2f}")
        """),
        "1.77\n2.00",
        ("SciPy",),
        "docs/guide/why.md#which-losses-and-penalties-have-such-a-meaning",
        "improper prior, SCAD, MCP, L0, hinge loss, normalising constant, SVM",
    ),
    Question(
        "what-does-lambda-believe",
        KIND,
        "How strong is my prior: what does it say about predictions?",
        "With standardised columns the prior sd of a prediction, root mean square over "
        "the rows, is τ√p. Compare it with sd(y): if it is much larger, the prior is "
        "weak; if it is much smaller, strong. `penalty_meaning(model)` says more.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            tau = 20
            print(f"{tau * np.sqrt(X.shape[1]):.0f} {y.std():.0f}")
        """),
        "63 77",
        ("PyMC", "scikit-learn"),
        "docs/guide/meaning.md",
        "prior predictive, informative, weakly informative, vague, regularization "
        "strength, R squared",
    ),
    Question(
        "shrink-to-another-value",
        KIND,
        "Can I shrink the coefficients to values other than zero?",
        "Yes: a prior with the mean m has the penalty α||b − m||². Fit ridge to "
        "y − Xm and add m to its coefficients, or give the mean to the prior.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge

            from bayes_l2 import LinearModel, datasets, fit_exact
            from bayes_l2 import likelihoods, priors

            X, y = datasets.diabetes()
            noise, prior = likelihoods.Normal(54), priors.Normal(20, mean=5.0)
            fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
            by_ridge = 5 + Ridge(54**2 / 20**2).fit(X, y - X @ np.full(10, 5)).coef_
            print(f"{fit.coef[2]:.2f} {by_ridge[2]:.2f}")
        """),
        "24.77 24.77",
        ("scikit-learn", "PyMC"),
        "notebooks/03_conjugacy.ipynb",
        "regularise towards a value, nonzero prior mean, transfer learning, pretrained",
    ),
    Question(
        "a-penalty-for-each-column",
        KIND,
        "How do I give each column its own penalty?",
        "Multiply each column by its own prior sd, fit with one α, and multiply the "
        "coefficients by the same sds. Or give the sds to the prior; inf is a column "
        "without a penalty.",
        cleandoc("""
            from bayes_l2 import LinearModel, datasets, fit_exact
            from bayes_l2 import likelihoods, priors

            X, y = datasets.diabetes()
            sds = dict.fromkeys(X, 20.0) | {"bmi": float("inf"), "age": 1.0}
            noise, prior = likelihoods.Normal(54), priors.Normal(sds)
            fit = fit_exact(LinearModel(X, y, likelihood=noise, prior=prior))
            print(f"age {fit.coef[0]:.2f}, bmi {fit.coef[2]:.2f}")
        """),
        "age -0.03, bmi 25.30",
        ("scikit-learn", "glmnet"),
        "docs/guide/choosing-scales.md#an-sd-for-each-column",
        "different regularization per feature, penalty.factor, generalised Tikhonov, "
        "unpenalised predictor",
    ),
)
