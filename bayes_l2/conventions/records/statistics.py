"""The objectives of statsmodels, glum, glmnet, lm.ridge, SAS and MATLAB.

Some standardise the columns, and glmnet scales y too.
"""

from bayes_l2.conventions.convention import (
    ONE,
    VALUE,
    Columns,
    Convention,
    Evidence,
    Intercept,
    Norm,
    Scale,
    SummedLoss,
    n,
    weight_sum,
    y_sd,
)

Y_WITHOUT = "with intercept = FALSE y_sd is the root mean square of y"
X_WITHOUT = "with intercept = FALSE x_sd is the sd about the mean in this case too"
THRESH = "thresh = 1e-25; with the default, two to six digits are right"
STANDARDIZE = "standardize = TRUE, the default"
AS_GIVEN = STANDARDIZE + "; coefficients are reported for columns as given"
Y_CANCELS = "the scale of y cancels; under the L2 penalty it does not"
BY_WLS = "averaged, by WLS: replace n by Σw"
BY_COLUMN = "alpha has one entry for each column of X, 0 for the constant"
OLS = "statsmodels API, OLS.fit_regularized"
GLM = "statsmodels source, genmod/generalized_linear_model.py, GLM.fit_regularized"
GLMNET = "Hastie, Qian and Tay, An Introduction to glmnet"
AVERAGED = "averaged: replace n by Σw; means and sds are weighted too"

RECORDS = (
    Convention(
        name="statsmodels-ols",
        setting="statsmodels.api.OLS(y, X)"
        ".fit_regularized(alpha=[0, alpha, ...], L1_wt=0)",
        parameter="alpha",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        weights=BY_WLS,
        per_column=True,
        assumes=(BY_COLUMN,),
        source=OLS,
        aliases=("statsmodels.OLS", "OLS.fit_regularized"),
    ),
    Convention(
        name="statsmodels-ols-scalar",
        setting="statsmodels.api.OLS(y, X).fit_regularized(alpha, L1_wt=0)",
        parameter="alpha",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        intercept=Intercept.PENALISED,
        weights=BY_WLS,
        assumes=(
            "X has a constant column; one number for alpha penalises it like any other",
        ),
        source=OLS,
        aliases=("statsmodels.OLS", "OLS.fit_regularized"),
    ),
    Convention(
        name="statsmodels-glm",
        setting="statsmodels.api.GLM(y, X)"
        ".fit_regularized(alpha=[0, alpha, ...], L1_wt=1e-15)",
        parameter="alpha",
        loss=1 / (2 * n),
        penalty=VALUE / 2,
        weights="var_weights are summed and divided by the number of rows",
        per_column=True,
        assumes=(
            "maxiter is large",
            "L1_wt is tiny but not 0; with L1_wt=0 each step estimates the noise "
            "again, so the penalty depends on the residuals and the gradient is not "
            "that of the objective",
        ),
        source=GLM + " and _fit_ridge",
        aliases=("statsmodels.GLM", "GLM.fit_regularized"),
    ),
    Convention(
        name="statsmodels-glm-binomial",
        setting="statsmodels.api.GLM(y, X, families.Binomial())"
        ".fit_regularized(alpha=[0, alpha, ...], L1_wt=1e-15)",
        parameter="alpha",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE / 2,
        weights="freq_weights are summed and divided by the number of rows",
        per_column=True,
        assumes=(
            "maxiter is large; with L1_wt=0 its optimiser stops at 4 to 5 digits",
        ),
        source=GLM,
        aliases=("statsmodels.GLM", "GLM.fit_regularized"),
    ),
    Convention(
        name="glum",
        setting="glum.GeneralizedLinearRegressor(alpha, l1_ratio=0)",
        parameter="alpha",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        weights="averaged: replace n by Σw",
        assumes=('family="normal"',),
        source="glum documentation, GeneralizedLinearRegressor",
    ),
    Convention(
        name="glmnet",
        setting="glmnet::glmnet(x, y, alpha = 0, lambda)",
        parameter="lambda",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / (2 * y_sd),
        columns=Columns.SD,
        weights=AVERAGED,
        verified=Evidence.STORED,
        digits=11,
        assumes=(AS_GIVEN, Y_WITHOUT, X_WITHOUT, THRESH),
        y_without=Scale.ABOUT_ZERO,
        x_without=Scale.ABOUT_MEAN,
        source=GLMNET + ", for the objective; its source and the stored output show "
        "that it first scales y to sd 1, so that lambda is divided by y_sd",
    ),
    Convention(
        name="glmnet-unstandardised",
        setting="glmnet::glmnet(x, y, alpha = 0, lambda, standardize = FALSE)",
        parameter="lambda",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / (2 * y_sd),
        weights=AVERAGED,
        verified=Evidence.STORED,
        digits=11,
        assumes=(Y_WITHOUT, THRESH),
        y_without=Scale.ABOUT_ZERO,
        source=GLMNET,
    ),
    Convention(
        name="glmnet-binomial",
        setting='glmnet::glmnet(x, y, family = "binomial", alpha = 0, lambda)',
        parameter="lambda",
        summed=SummedLoss.LOGISTIC,
        loss=1 / weight_sum,
        penalty=VALUE / 2,
        columns=Columns.SD,
        weights=AVERAGED,
        verified=Evidence.STORED,
        digits=11,
        assumes=(STANDARDIZE, X_WITHOUT, THRESH),
        x_without=Scale.ABOUT_MEAN,
        source=GLMNET,
    ),
    Convention(
        name="glmnet-binomial-unstandardised",
        setting='glmnet::glmnet(x, y, family = "binomial", alpha = 0, lambda, '
        "standardize = FALSE)",
        parameter="lambda",
        summed=SummedLoss.LOGISTIC,
        loss=1 / weight_sum,
        penalty=VALUE / 2,
        weights=AVERAGED,
        verified=Evidence.STORED,
        digits=11,
        assumes=(THRESH,),
        source=GLMNET,
    ),
    Convention(
        name="lm-ridge",
        setting="MASS::lm.ridge(formula, lambda)",
        parameter="lambda",
        loss=ONE,
        penalty=VALUE,
        columns=Columns.SD,
        assumes=(
            "columns are always scaled; $coef is for scaled columns, coef() for "
            "columns as given",
            "without an intercept x_sd is the root mean square of a column",
        ),
        x_without=Scale.ABOUT_ZERO,
        verified=Evidence.STORED,
        digits=11,
        source="Venables and Ripley, MASS, lm.ridge; the divisor n is in its source",
    ),
    Convention(
        name="hoerl-kennard",
        setting="ridge trace in correlation form(k), as RIDGE= of SAS PROC REG",
        parameter="k",
        loss=ONE,
        penalty=VALUE,
        columns=Columns.UNIT_LENGTH,
        assumes=(
            "columns minus their mean have length 1, so X'X is their correlation "
            "matrix: (X'X + kI) b = X'y",
        ),
        verified=Evidence.DOCUMENTATION,
        source="Hoerl and Kennard (1970), Technometrics 12(1): X'X in the form of a "
        "correlation matrix",
        aliases=("k", "PROC REG", "SAS"),
    ),
    Convention(
        name="matlab-ridge",
        setting="matlab.ridge(y, X, k)",
        parameter="k",
        loss=ONE,
        penalty=VALUE,
        columns=Columns.SAMPLE_SD,
        assumes=("the argument scaled = 0 changes only the units of the output",),
        verified=Evidence.DOCUMENTATION,
        source="MATLAB Statistics and Machine Learning Toolbox, ridge",
    ),
    Convention(
        name="statsmodels-ols-l1",
        setting="statsmodels.api.OLS(y, X)"
        ".fit_regularized(alpha=[0, alpha, ...], L1_wt=1)",
        parameter="alpha",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        weights=BY_WLS,
        per_column=True,
        assumes=(BY_COLUMN,),
        source=OLS,
    ),
    Convention(
        name="glum-l1",
        setting="glum.GeneralizedLinearRegressor(alpha, l1_ratio=1)",
        parameter="alpha",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        weights="averaged: replace n by Σw",
        assumes=('family="normal"',),
        source="glum documentation, GeneralizedLinearRegressor",
    ),
    Convention(
        name="glmnet-lasso",
        setting="glmnet::glmnet(x, y, alpha = 1, lambda)",
        parameter="lambda",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        columns=Columns.SD,
        weights=AVERAGED,
        assumes=(
            AS_GIVEN,
            Y_CANCELS,
            X_WITHOUT,
        ),
        x_without=Scale.ABOUT_MEAN,
        verified=Evidence.STORED,
        digits=11,
        source=GLMNET,
    ),
    Convention(
        name="glmnet-lasso-unstandardised",
        setting="glmnet::glmnet(x, y, alpha = 1, lambda, standardize = FALSE)",
        parameter="lambda",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        weights=AVERAGED,
        assumes=(Y_CANCELS, THRESH),
        verified=Evidence.DOCUMENTATION,
        source=GLMNET,
    ),
)
