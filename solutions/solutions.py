"""Solutions of the exercises, by the package wherever it has an answer: ``uv run python solutions/solutions.py``.

Nothing here knows the formulas of ``bayes_l2.exercises``; its checker has the last word.
"""

import numpy as np
from scipy import optimize, special, stats
from sklearn.linear_model import Ridge

from bayes_l2 import (
    LinearModel,
    convert,
    exercises,
    fit_exact,
    fit_map,
    fit_ridge,
    likelihoods,
    priors,
)


def ridge_model(X, y, noise_sd, prior_sd, **options):
    """Return the model of the course."""
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(prior_sd),
        **options,
    )


def one_mean(prior_mean, prior_sd, n, mean_y, noise_sd):
    """Rows whose mean is mean_y, on a column of ones."""
    prior = priors.Normal(prior_sd, mean=prior_mean)
    return fit_exact(
        LinearModel(
            np.ones((n, 1)),
            np.full(n, mean_y),
            likelihood=likelihoods.Normal(noise_sd),
            prior=prior,
            intercept=False,
        )
    )


def minimum(loss, low, high):
    """Return where a function of one number is least."""
    return optimize.minimize_scalar(loss, bounds=(low, high), options={"xatol": 1e-9}).x


def singular_columns(d):
    """Columns, centred, with the singular values d."""
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((12, len(d)))
    return np.linalg.qr(basis - basis.mean(axis=0))[0] * d


SOLUTIONS = {
    # losses are likelihoods
    "noise-variance-from-residuals": lambda residuals: minimum(
        lambda v: -stats.norm.logpdf(residuals, 0, np.sqrt(v)).sum(), 1e-3, 30
    ),
    "least-absolute-location": lambda y: fit_map(
        LinearModel(
            np.ones((5, 1)),
            y,
            likelihood=likelihoods.Laplace(1.0),
            prior=priors.Flat(),
            intercept=False,
        )
    ).coef[0],
    "cross-entropy": lambda p: likelihoods.Bernoulli().loss(special.logit(p)),
    "gaussian-log-likelihood-difference": lambda noise_sd, first, second: (
        -np.diff(
            [
                stats.norm.logpdf(np.sqrt(squares), 0, noise_sd)
                for squares in (first, second)
            ]
        )[0]
    ),
    # ridge is MAP
    "penalty-from-prior": lambda noise_sd, prior_sd: (
        ridge_model(np.eye(3), np.ones(3), noise_sd, prior_sd).penalty
    ),
    "prior-from-penalty": lambda penalty, noise_sd: (
        convert(penalty, "ridge", "prior-sd", noise_sd=noise_sd).value
    ),
    "ridge-by-hand": lambda x, y, penalty: (
        Ridge(alpha=penalty).fit(np.reshape(x, (-1, 1)), y).coef_[0]
    ),
    "shrinkage-factor": lambda d, penalty: np.divide(
        *(
            fit_ridge(ridge_model([[d]], [1.0], 1.0, sd, intercept=False)).coef[0]
            for sd in (penalty**-0.5, 1e6)
        )
    ),
    # conjugacy
    "posterior-mean": lambda **numbers: one_mean(**numbers).mean[0],
    "posterior-sd": lambda **numbers: one_mean(0.0, mean_y=1.0, **numbers).sd[0],
    "predictive-sd": lambda line_sd, noise_sd: fit_exact(
        ridge_model(
            [[1e-9]], [0.0], noise_sd, line_sd, intercept=False
        )  # a row that says nothing
    ).predict([[1.0]], return_sd=True)[1][0],
    "second-batch": lambda mean, sd, prior_sd, n, noise_sd, mean_y: one_mean(
        mean, sd, n, mean_y, noise_sd
    ).mean[0],
    # MCMC agrees
    "monte-carlo-error": lambda draws, sd, ess: stats.norm(0, sd).std() / ess**0.5,
    "how-far-off": lambda exact, mean, sd, ess: (mean - exact) / (sd / ess**0.5),
    "r-hat": lambda means, variances, n: np.sqrt(
        ((n - 1) / n * np.mean(variances) + np.var(means, ddof=1)) / np.mean(variances)
    ),
    # choosing the penalty
    "effective-degrees-of-freedom": lambda d, penalty: np.trace(
        hat_matrix(singular_columns(d), penalty)
    ),
    "leave-one-out-residual": lambda residual, leverage: left_out(residual, leverage),
    "log-evidence": lambda y, x, noise_sd, prior_sd: (
        fit_exact(
            ridge_model([[x]], [y], noise_sd, prior_sd, intercept=False)
        ).log_evidence
    ),
    # unknown noise
    "noise-variance-mean": lambda shape, scale, n, squares: stats.invgamma(
        shape + n / 2, scale=scale + squares / 2
    ).mean(),
    "student-t-sd": lambda df, scale: stats.t(df, scale=scale).std(),
    "mode-of-sigma": lambda n, squares: (
        minimum(lambda s: n * np.log(s) + squares / (2 * s**2), 0.05, 30) ** 2
    ),
    # one penalty, many names
    "elastic-net-alpha": lambda penalty, n: (
        convert(penalty, "ridge", "elastic-net", n=n).value
    ),
    "weight-decay": lambda penalty, n: (
        convert(penalty, "ridge", "torch-sgd", n=n).value
    ),
    "prior-of-C": lambda C: convert(C, "logistic-regression", "prior-sd").value,
    "raw-prior-sd": lambda x, prior_sd: convert(
        prior_sd, "prior-sd-standardised", "prior-sd", x_sd=[np.std(x)]
    ).value[0],
    # classification
    "probability-from-log-odds": lambda eta: likelihoods.Bernoulli.mean(eta),
    "gradient-of-cross-entropy": lambda x, b: (
        x * likelihoods.Bernoulli().gradient(x * b)
    ),
    "softmax-sum": lambda coef: (
        coef[0] - minimum(lambda move: np.sum((np.array(coef) - move) ** 2), -20, 20)
    ),
    "laplace-sd": lambda x, b, prior_sd: (
        (
            -LinearModel(
                np.reshape(x, (-1, 1)),
                [-1, *[1] * (len(x) - 1)],
                likelihood=likelihoods.Bernoulli(),
                prior=priors.Normal(prior_sd),
                intercept=False,
            ).hessian(np.array([b]))[0, 0]
        )
        ** -0.5
    ),
    # weight decay in neural networks
    "step-with-weight-decay": lambda w, gradient, rate, decay: (
        w
        - rate
        * (
            gradient
            + optimize.approx_fprime(np.array([w]), lambda v: decay * v[0] ** 2 / 2)[0]
        )
    ),
    "alpha-in-minibatches": lambda alpha, n, batch: (
        convert(
            alpha, "mlp-regressor-lbfgs", "mlp-regressor", n=n, batch_size=batch
        ).value
    ),
    "prior-of-weights": lambda noise_sd, alpha: (
        convert(alpha, "mlp-regressor-lbfgs", "prior-sd", noise_sd=noise_sd).value
    ),
    # where it breaks
    "penalised-intercept": lambda n, mean_y, penalty: (
        Ridge(alpha=penalty, fit_intercept=False)
        .fit(np.ones((n, 1)), np.full(n, mean_y))
        .coef_[0]
    ),
    "soft-threshold": lambda squares, z, noise_sd, scale: fit_map(
        LinearModel(
            [[squares**0.5]],
            [z * squares**0.5],
            likelihood=likelihoods.Normal(noise_sd),
            prior=priors.Laplace(scale),
            intercept=False,
        )
    ).coef[0],
    "unbounded-mode": lambda p, first, second: (
        -np.diff(
            [stats.norm.logpdf(np.zeros(p), 0, sd).sum() for sd in (second, first)]
        )[0]
    ),
    "box-of-adamw": lambda decay, best: optimize.lsq_linear(
        [[1.0]], [best], bounds=(-1 / decay, 1 / decay)
    ).x[0],
}


def hat_matrix(X, penalty):
    """Row by row: the fit of ridge to a y that is 1 in one row and 0 elsewhere."""
    return np.column_stack(
        [Ridge(alpha=penalty).fit(X, unit).predict(X) for unit in np.eye(len(X))]
    )


def left_out(residual, leverage):
    """Two rows of one column and no penalty, with this leverage and residual in the first; then without it."""
    first, second = leverage**0.5, (1 - leverage) ** 0.5
    y = np.array(
        [residual / (1 - leverage), 0.0]
    )  # (1 - h) y is the residual of the first row where the second is 0
    fitted = first * (first * y[0] + second * y[1])
    assert np.isclose(y[0] - fitted, residual)
    return y[0] - first * (second * y[1] / second**2)


if __name__ == "__main__":
    for name in exercises.EXERCISES:
        for seed in (0, 1, 1234567):
            verdict = exercises.check(
                name, SOLUTIONS[name](**exercises.numbers(name, seed=seed)), seed=seed
            )
            assert verdict.correct, (name, seed, verdict.message)
    print(f"{len(exercises.EXERCISES)} exercises solved, each for three students")
