"""Answers to the open questions of the notebooks, shown by runs.

``uv run python solutions/open_questions.py``
"""

from itertools import accumulate

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.svm import LinearSVR

from bayes_l2 import (
    GaussianPosterior,
    LinearModel,
    conventions,
    convert,
    datasets,
    fit_exact,
    likelihoods,
    priors,
)

X, y = datasets.diabetes()
noise = likelihoods.Normal(sd=54)
groups = [slice(0, 10), slice(10, 40), slice(40, 150), slice(150, 442)]


def model(**options):
    """Return the model of the course, with a prior sd of 20 unless another is given."""
    stated = {"likelihood": noise, "prior": priors.Normal(sd=20)}
    return LinearModel(X, y, **(stated | options))


print("Ridge is MAP, 1: alpha = 100 with noise sd 54 is a prior sd of 54 / 10.")
firm = model(prior=priors.Normal(sd=5.4))
print(f"   penalty of that model: {firm.penalty:.6g}")
assert np.isclose(firm.penalty, 100)

print("Ridge is MAP, 2: a flat prior is the penalty 0, which is LinearRegression.")
flat = model(prior=priors.Flat())
least_squares = LinearRegression().fit(X, y)
difference = np.abs(fit_exact(flat).coef - least_squares.coef_).max()
print(f"   penalty {flat.penalty:g}, largest difference {difference:.0e}")
assert difference < 1e-10

print(
    "Ridge is MAP, 3: the prior sd is 20 per unit of a column. In other units this is"
)
print("   another prior. Least squares has no prior, and does not depend on the units.")
raw, _ = load_diabetes(scaled=False, return_X_y=True)
for name, prior in (("ridge", priors.Normal(sd=20)), ("least squares", priors.Flat())):
    scaled, unscaled = (
        fit_exact(LinearModel(each, y, likelihood=noise, prior=prior)).predict(each)
        for each in (X, raw)
    )
    change = np.abs(scaled - unscaled).max()
    print(f"   {name:13} predictions change by {change:.2g} at most")
    assert (change > 1) == (name == "ridge")

print(
    "Conjugacy, 1: in the reverse order the posteriors on the way differ, and the last"
)
print("   one is the same.")


def posteriors(batches):
    """Return the posteriors as batches of rows come in, from before the first on."""
    before = GaussianPosterior.before_data(model())
    return list(
        accumulate(batches, lambda p, i: p.condition(X[i], y[i]), initial=before)
    )


there, back = posteriors(groups), posteriors(groups[::-1])
print("   bmi, forwards ", np.round([each.marginal("bmi").mean() for each in there], 3))
print("   bmi, backwards", np.round([each.marginal("bmi").mean() for each in back], 3))
assert np.abs((there[-1].mean - back[-1].mean) / back[-1].sd).max() < 1e-12

print(
    "Conjugacy, 2: no. Each row adds to the precision matrix. So no sd grows while the"
)
print("   noise sd is known.")
one_by_one = posteriors(slice(i, i + 1) for i in range(442))
growth = np.diff([each.sd for each in one_by_one], axis=0).max()
print(f"   largest change of any sd by a row: {growth:.1e}")
assert growth < 1e-12

print(
    "Conjugacy, 3: weight 2 is a noise sd of 54 / √2. The penalty halves, and the MAP"
)
print("   moves.")
weighted = fit_exact(model(weights=np.full(442, 2.0))).coef[2]
quieter = fit_exact(model(likelihood=likelihoods.Normal(sd=54 / np.sqrt(2)))).coef[2]
print(f"   bmi {weighted:.6f} and {quieter:.6f}, before {there[-1].coef[2]:.6f}")
assert np.isclose(weighted, quieter, rtol=1e-12)

print("One penalty, many names, 1:")
sd = convert(0.01, "torch-sgd", "prior-sd", n=10_000, noise_sd=3).value
print(f"   prior sd {sd:.4f}")
# the objective is mean of squares + 0.01 / 2 ||b||²; times n / 18 the penalty is
# ||b||² / (2 sd²)
assert np.isclose(sd, np.sqrt(2 * 9 / (0.01 * 10_000)))

print(
    "One penalty, many names, 2: his. The loss of Ridge is a sum of squares, and grows"
)
print(
    "   with the rows as it should. The loss of ElasticNet is a mean. So its alpha is a"
)
print("   penalty per row.")
for n in (442, 884):
    sds = [
        convert(1.0, "ridge", "prior-sd", noise_sd=54).value,
        convert(1.0, "elastic-net", "prior-sd", n=n, noise_sd=54).value,
    ]
    print(f"   {n} rows: prior sd {sds[0]:.2f} by Ridge, {sds[1]:.2f} by ElasticNet")
    assert np.allclose(sds, [54, 54 / np.sqrt(n)])

print(
    "One penalty, many names, 3: LinearSVR penalises the intercept too. Centre columns"
)
print("   and y: then both intercepts are 0.")
for centred in (False, True):
    columns, response = (X - X.mean(), y - y.mean()) if centred else (X + 1, y)
    svr = LinearSVR(
        C=1.0,
        epsilon=0.0,
        loss="squared_epsilon_insensitive",
        dual=False,
        tol=1e-10,
        max_iter=10**6,
    )
    svr.fit(columns, response)
    ridge = Ridge(alpha=0.5).fit(columns, response)
    difference = np.abs(svr.coef_ - ridge.coef_).max()
    intercepts = f"{abs(svr.intercept_[0]):.4f} and {abs(ridge.intercept_):.4f}"
    print(f"   centred {centred}: intercepts {intercepts}, ", end="")
    print(f"coefficients {difference:.1g} apart")
    assert (difference < 1e-4) == centred  # the accuracy of liblinear

print("One penalty, many names, 4: both divide the columns by the same sds. So the sds")
print("   cancel.")
for name in ("lm-ridge", "glmnet"):
    print(f"   {name}: columns {conventions.find(name).columns}")
value = convert(1.0, "lm-ridge", "glmnet", n=442, y_sd=77).value
print(f"   lambda = 1 of lm.ridge is {value:.6f} of glmnet, y_sd / n")
assert np.isclose(value, 77 / 442)
