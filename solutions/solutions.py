"""Solutions of the exercises: ``uv run python solutions/solutions.py``.

They use the package wherever it has an answer. They do not use the formulas of
``bayes_l2.exercises``, and its checker judges them.
"""

from itertools import product

import numpy as np
from scipy import optimize, special, stats
from sklearn.kernel_ridge import KernelRidge
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
from bayes_l2.course.demonstrations.gradient_descent import gradient_descent


def ridge_model(X, y, noise_sd, prior_sd, **options):
    """Return the model of the course."""
    return LinearModel(
        X,
        y,
        likelihood=likelihoods.Normal(noise_sd),
        prior=priors.Normal(prior_sd),
        **options,
    )


def column_model(x, y, likelihood, prior):
    """Return a model of one column, without an intercept."""
    x = np.reshape(x, (-1, 1))
    return LinearModel(x, y, likelihood=likelihood, prior=prior, intercept=False)


def one_mean(prior_mean, prior_sd, n, mean_y, noise_sd):
    """Return the posterior of a mean, from n rows with the mean mean_y."""
    prior = priors.Normal(prior_sd, mean=prior_mean)
    noise = likelihoods.Normal(noise_sd)
    return fit_exact(column_model(np.ones(n), np.full(n, mean_y), noise, prior))


def minimum(loss, low, high):
    """Return the number that minimises a function."""
    return optimize.minimize_scalar(loss, bounds=(low, high), options={"xatol": 1e-9}).x


def log_normal(values, sd):
    """Return the log density of values under Normal(0, sd²)."""
    return stats.norm.logpdf(values, 0, sd).sum()


def singular_columns(d):
    """Return centred columns with the singular values d."""
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((12, len(d)))
    return np.linalg.qr(basis - basis.mean(axis=0))[0] * d


SOLUTIONS = {
    # losses are likelihoods
    "noise-variance-from-residuals": lambda residuals: minimum(
        lambda v: -log_normal(residuals, np.sqrt(v)), 1e-3, 30
    ),
    "least-absolute-location": lambda y: fit_map(
        column_model(np.ones(5), y, likelihoods.Laplace(1.0), priors.Flat())
    ).coef[0],
    "cross-entropy": lambda p: likelihoods.Bernoulli().loss(special.logit(p)),
    "gaussian-log-likelihood-difference": lambda noise_sd, first, second: (
        log_normal(first**0.5, noise_sd) - log_normal(second**0.5, noise_sd)
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
    "posterior-mean": lambda **numbers: one_mean(**numbers).coef[0],
    "posterior-sd": lambda **numbers: one_mean(0.0, mean_y=1.0, **numbers).sd[0],
    # the row at 1e-9 holds no information on the coefficient
    "predictive-sd": lambda line_sd, noise_sd: fit_exact(
        ridge_model([[1e-9]], [0.0], noise_sd, line_sd, intercept=False)
    ).predict([[1.0]], return_sd=True)[1][0],
    "second-batch": lambda mean, sd, prior_sd, n, noise_sd, mean_y: one_mean(
        mean, sd, n, mean_y, noise_sd
    ).coef[0],
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
    "laplace-sd": lambda x, b, prior_sd: laplace_sd(x, b, prior_sd),
    # weight decay in neural networks
    "step-with-weight-decay": lambda w, gradient, rate, decay: (
        w - rate * (gradient + slope(lambda v: decay * v[0] ** 2 / 2, w))
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
        column_model(
            [squares**0.5],
            [z * squares**0.5],
            likelihoods.Normal(noise_sd),
            priors.Laplace(scale),
        )
    ).coef[0],
    "unbounded-mode": lambda p, first, second: (
        log_normal(np.zeros(p), second) - log_normal(np.zeros(p), first)
    ),
    "box-of-adamw": lambda decay, best: optimize.lsq_linear(
        [[1.0]], [best], bounds=(-1 / decay, 1 / decay)
    ).x[0],
    # one prior, many disguises
    "ridge-in-the-dual": lambda x, y, penalty: (
        Ridge(alpha=penalty, fit_intercept=False).fit([x], [y]).coef_[0]
    ),
    "prior-as-a-row": lambda **numbers: row_of_prior(**numbers),
    "gaussian-process-of-one-row": lambda prior_sd, length, y, noise_sd, distance: (
        KernelRidge(
            alpha=(noise_sd / prior_sd) ** 2, kernel="rbf", gamma=1 / (2 * length**2)
        )
        .fit([[0.0]], [y])
        .predict([[distance]])[0]
    ),
    "kalman-filter": lambda mean, sd, move, y, noise_sd: fit_exact(
        LinearModel(  # the old level and its move
            [[1.0, 1.0]],
            [y],
            likelihood=likelihoods.Normal(noise_sd),
            prior=priors.Normal([sd, move], mean=[mean, 0.0]),
            intercept=False,
        )
    ).coef.sum(),
    "shrunken-group-mean": lambda share, n, deviation: one_mean(
        0.0, share**0.5, n, deviation, (1 - share) ** 0.5
    ).coef[0],
    # regularisation without a penalty
    "penalty-of-early-stopping": lambda step, n_steps: penalty_of(
        gradient_descent(
            likelihoods.Normal(1.0), [[1.0]], [1.0], step=step, n_steps=n_steps
        ).path[-1, 0],
        [1.0],
    ),
    "dropout-as-ridge": lambda x, rate: penalty_of(dropped_out(x, rate), x),
    # noise of ±sd has the same mean and variance as any other
    "noise-on-inputs": lambda n, input_sd, noise_sd: (
        convert(
            penalty_of(
                least_squares(
                    np.concatenate([np.ones(n) + input_sd, np.ones(n) - input_sd]),
                    np.ones(2 * n),
                ),
                np.ones(n),
            ),
            "ridge",
            "prior-sd",
            noise_sd=noise_sd,
        ).value
    ),
    "ensemble-without-prior": lambda penalty, d: ratio_of_sds(penalty, d),
    "step-under-batch-norm": lambda before, after, step: optimize.brentq(
        lambda tried: turn(after, tried) - turn(before, step), 1e-6, step, xtol=1e-12
    ),
}


def least_squares(x, y, weights=None):
    """Return the coefficient of one column by weighted least squares."""
    roots = np.sqrt(np.ones(len(x)) if weights is None else weights)
    return np.linalg.lstsq(np.reshape(x * roots, (-1, 1)), y * roots)[0][0]


def penalty_of(coef, x):
    """Return the α at which ridge on y = x, without an intercept, has a coefficient."""

    def above(penalty):
        ridge = Ridge(alpha=penalty, fit_intercept=False)
        return ridge.fit(np.reshape(x, (-1, 1)), x).coef_[0] - coef

    return optimize.brentq(above, 1e-6, 1e6, xtol=1e-12, rtol=1e-12)


def row_of_prior(noise_sd, prior_mean, prior_sd):
    """Return the y of the row with which least squares is the posterior mean."""
    x, y = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    prior = priors.Normal(prior_sd, mean=prior_mean)
    model = column_model(x, y, likelihoods.Normal(noise_sd), prior)
    rows = np.append(x, noise_sd / prior_sd)
    # least squares is linear in the y of the last row
    none, one = (least_squares(rows, np.append(y, last)) for last in (0.0, 1.0))
    return (fit_exact(model).coef[0] - none) / (one - none)


def dropped_out(x, rate):
    """Return the coefficient of least squares on y = x over all patterns of dropout."""
    kept = np.array(list(product([False, True], repeat=len(x))))
    weights = np.where(kept, 1 - rate, rate).prod(axis=1)
    inputs = np.where(kept, np.array(x) / (1 - rate), 0.0)
    y = np.broadcast_to(x, inputs.shape)
    return least_squares(inputs.ravel(), y.ravel(), np.repeat(weights, len(x)))


def ratio_of_sds(penalty, d):
    """Return the sd of ridge under noise of sd 1, divided by the posterior sd."""
    per_noise = Ridge(alpha=penalty, fit_intercept=False).fit([[d]], [1.0]).coef_[0]
    model = ridge_model([[d]], [1.0], 1.0, penalty**-0.5, intercept=False)
    return per_noise / fit_exact(model).sd[0]


def turn(length, step):
    """Return the angle by which a step turns w, on a loss of its direction."""
    w = np.array([length, 0.0])
    gradient = optimize.approx_fprime(w, lambda v: -v[1] / np.linalg.norm(v))
    moved = w - step * gradient
    return np.arctan2(moved[1], moved[0])


def slope(function, value):
    """Return the derivative of a function of a vector with one entry."""
    return optimize.approx_fprime(np.array([value]), function)[0]


def laplace_sd(x, b, prior_sd):
    """Return the sd of the Laplace approximation; the labels do not matter for it."""
    labels = [-1, *[1] * (len(x) - 1)]
    prior = priors.Normal(prior_sd)
    model = column_model(x, labels, likelihoods.Bernoulli(), prior)
    return (-model.hessian(np.array([b]))[0, 0]) ** -0.5


def hat_matrix(X, penalty):
    """Return the fit of ridge to each unit vector, in columns."""
    fits = [Ridge(alpha=penalty).fit(X, unit).predict(X) for unit in np.eye(len(X))]
    return np.column_stack(fits)


def left_out(residual, leverage):
    """Return the residual of a row in a fit without it.

    The data are two rows of one column. The fit has no penalty, and the first row has
    the given leverage and residual.
    """
    first, second = leverage**0.5, (1 - leverage) ** 0.5
    # (1 - h) y is the residual of the first row if the y of the second is 0
    y = np.array([residual / (1 - leverage), 0.0])
    fitted = first * (first * y[0] + second * y[1])
    assert np.isclose(y[0] - fitted, residual)
    return y[0] - first * (second * y[1] / second**2)


if __name__ == "__main__":
    for name in exercises.EXERCISES:
        for seed in (0, 1, 1234567):
            answer = SOLUTIONS[name](**exercises.numbers(name, seed=seed))
            verdict = exercises.check(name, answer, seed=seed)
            assert verdict.correct, (name, seed, verdict.message)
    print(f"{len(exercises.EXERCISES)} exercises solved, each for three students")
