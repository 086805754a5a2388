"""The objectives of scikit-learn: a sum or a mean of the losses, plus a penalty."""

from bayes_l2.conventions.convention import (
    HALF,
    ONE,
    VALUE,
    Convention,
    Intercept,
    Norm,
    SummedLoss,
    batch_size,
    n,
    noise_sd,
    weight_sum,
)

SUMMED = "summed, Σ w (y - a - x'b)²"
SUMMED_LOGISTIC = "summed, Σ w log(1 + exp(-y (a + x'b)))"
AVERAGED = "averaged: replace n by Σw"
LABELS = "y is -1 or 1, one of two classes"
MINIBATCHES = (
    "rows in minibatches of batch_size, which divides n; momentum does not matter"
)
SAME_WEIGHTS = (
    "averaged within each minibatch; all minibatches must have the same sum of weights"
)
ADAM = 'solver "adam" has the same minimum; batch_size is min(200, n) unless set'
LINEAR = (
    "hidden_layer_sizes=(); with hidden layers the same prior is on all weights, but "
    "the model is not linear"
)
EXTRAPOLATED = (
    "ordinary fits keep noise in proportion to their steps; the proof extrapolates to "
    "steps of 0"
)
NOISE_PRECISION = "its alpha_ is the precision of the noise, 1 / noise_sd²"
FTOL = (
    "L-BFGS stops at scipy's ftol of 2e-9, which is not a setting; a restart gains a "
    "digit"
)
GUIDE = "scikit-learn User Guide, "
BY_ALL_ROWS = (
    "Neural network models, Mathematical formulation; the code divides by the batch, "
    "here all rows"
)
NETWORK_SOURCE = "scikit-learn source, neural_network/_multilayer_perceptron.py"

RECORDS = (
    Convention(
        name="ridge",
        setting="sklearn.linear_model.Ridge(alpha)",
        parameter="alpha",
        loss=ONE,
        penalty=VALUE,
        weights=SUMMED,
        digits=12,
        source=GUIDE + "Ridge regression and classification",
        aliases=("RidgeCV",),
    ),
    Convention(
        name="ridge-classifier",
        setting="sklearn.linear_model.RidgeClassifier(alpha)",
        parameter="alpha",
        loss=ONE,
        penalty=VALUE,
        weights=SUMMED,
        assumes=(LABELS + "; squared error on labels, not cross-entropy",),
        digits=12,
        source=GUIDE + "Ridge regression and classification",
        aliases=("RidgeClassifierCV",),
    ),
    Convention(
        name="kernel-ridge",
        setting='sklearn.kernel_ridge.KernelRidge(alpha, kernel="linear")',
        parameter="alpha",
        loss=ONE,
        penalty=VALUE,
        intercept=Intercept.NONE,
        weights=SUMMED,
        digits=11,
        source=GUIDE + "Kernel ridge regression",
    ),
    Convention(
        name="elastic-net",
        setting="sklearn.linear_model.ElasticNet(alpha, l1_ratio=0)",
        parameter="alpha",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        weights=AVERAGED,
        source=GUIDE + "Elastic-Net",
        aliases=("ElasticNetCV",),
    ),
    Convention(
        name="sgd-regressor",
        setting='sklearn.linear_model.SGDRegressor(alpha, penalty="l2")',
        parameter="alpha",
        loss=1 / (2 * n),
        penalty=VALUE / 2,
        weights="summed and divided by the number of rows",
        assumes=(EXTRAPOLATED,),
        source=GUIDE + "Stochastic Gradient Descent, Mathematical formulation",
    ),
    Convention(
        name="sgd-classifier",
        setting='sklearn.linear_model.SGDClassifier(alpha, loss="log_loss")',
        parameter="alpha",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE / 2,
        weights="summed and divided by the number of rows",
        assumes=(LABELS, EXTRAPOLATED),
        source=GUIDE + "Stochastic Gradient Descent, Mathematical formulation",
    ),
    Convention(
        name="logistic-regression",
        setting="sklearn.linear_model.LogisticRegression(C)",
        parameter="C",
        summed=SummedLoss.LOGISTIC,
        loss=VALUE,
        penalty=HALF,
        weights=SUMMED_LOGISTIC,
        assumes=(LABELS, 'any solver but "liblinear", which penalises the intercept'),
        source=GUIDE + "Logistic regression",
        aliases=("LogisticRegressionCV",),
    ),
    Convention(
        name="linear-svr",
        setting='sklearn.svm.LinearSVR(C, loss="squared_epsilon_insensitive")',
        parameter="C",
        loss=VALUE,
        penalty=HALF,
        intercept=Intercept.PENALISED,
        weights=SUMMED,
        assumes=("epsilon=0: the loss is squared error", "intercept_scaling=1"),
        source=GUIDE + "Support Vector Regression, LinearSVR",
    ),
    Convention(
        name="tweedie-regressor",
        setting="sklearn.linear_model.TweedieRegressor(alpha, power=0)",
        parameter="alpha",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        weights=AVERAGED,
        assumes=(
            "power=0 with the identity link; other powers replace squared error by "
            "their deviance",
        ),
        source=GUIDE + "Generalized Linear Models",
    ),
    Convention(
        name="mlp-regressor-lbfgs",
        setting='sklearn.neural_network.MLPRegressor(alpha, solver="lbfgs")',
        parameter="alpha",
        loss=1 / (2 * n),
        penalty=VALUE / (2 * n),
        weights="averaged",
        assumes=(LINEAR,),
        digits=5,
        limit=FTOL,
        source=GUIDE + BY_ALL_ROWS,
    ),
    Convention(
        name="mlp-regressor",
        setting='sklearn.neural_network.MLPRegressor(alpha, solver="sgd")',
        parameter="alpha",
        loss=1 / (2 * n),
        penalty=VALUE / (2 * batch_size),
        weights=SAME_WEIGHTS,
        assumes=(MINIBATCHES, LINEAR, ADAM),
        source=NETWORK_SOURCE + ": it divides the penalty by the rows of the "
        "minibatch; the documentation says the sample size",
    ),
    Convention(
        name="mlp-classifier-lbfgs",
        setting='sklearn.neural_network.MLPClassifier(alpha, solver="lbfgs")',
        parameter="alpha",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE / (2 * n),
        weights="averaged",
        assumes=(LABELS, LINEAR),
        digits=5,
        limit=FTOL,
        source=GUIDE + BY_ALL_ROWS,
    ),
    Convention(
        name="mlp-classifier",
        setting='sklearn.neural_network.MLPClassifier(alpha, solver="sgd")',
        parameter="alpha",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE / (2 * batch_size),
        weights=SAME_WEIGHTS,
        assumes=(LABELS, MINIBATCHES, LINEAR, ADAM),
        source=NETWORK_SOURCE,
    ),
    Convention(
        name="bayesian-ridge",
        setting="sklearn.linear_model.BayesianRidge().lambda_",
        parameter="lambda_",
        loss=1 / (2 * noise_sd**2),
        penalty=VALUE / 2,
        weights=SUMMED,
        assumes=(NOISE_PRECISION + "; lambda_ is the precision of the coefficients",),
        digits=11,
        source=GUIDE + "Bayesian Ridge Regression",
    ),
    Convention(
        name="ard-regression",
        setting="sklearn.linear_model.ARDRegression().lambda_",
        parameter="lambda_",
        latex=r"\lambda_j",
        loss=1 / (2 * noise_sd**2),
        penalty=VALUE / 2,
        per_column=True,
        assumes=(
            NOISE_PRECISION + "; lambda_ has one value for each column",
            "threshold_lambda is above every lambda_; columns beyond it are dropped",
        ),
        digits=11,
        source=GUIDE + "Automatic Relevance Determination",
    ),
    Convention(
        name="gaussian-process",
        setting="sklearn.gaussian_process.GaussianProcessRegressor(kernel) with "
        "kernel = ConstantKernel(constant_value) * DotProduct(0)",
        parameter="constant_value",
        loss=1 / (2 * noise_sd**2),
        penalty=1 / (2 * VALUE),
        intercept=Intercept.NONE,
        weights="in its alpha: noise_sd² / w for each row",
        assumes=(
            "optimizer=None or fixed kernels; otherwise the fit changes constant_value",
            "its alpha is the variance of the noise, noise_sd²; constant_value is the "
            "prior variance of a coefficient",
        ),
        source=GUIDE + "Gaussian Processes, Dot-Product kernel",
        aliases=("DotProduct",),
    ),
    Convention(
        name="lasso",
        setting="sklearn.linear_model.Lasso(alpha)",
        parameter="alpha",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        weights=AVERAGED,
        source=GUIDE + "Lasso",
        aliases=("LassoCV", "ElasticNet(l1_ratio=1)"),
    ),
    Convention(
        name="logistic-regression-l1",
        setting='sklearn.linear_model.LogisticRegression(C, l1_ratio=1, solver="saga")',
        parameter="C",
        norm=Norm.L1,
        summed=SummedLoss.LOGISTIC,
        loss=VALUE,
        penalty=ONE,
        weights=SUMMED_LOGISTIC,
        assumes=(LABELS,),
        source=GUIDE + "Logistic regression",
    ),
)
