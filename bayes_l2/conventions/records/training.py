"""The objectives of weight decay, kernel regularisers, boosters and Spark."""

from dataclasses import replace

from bayes_l2.conventions.convention import (
    HALF,
    VALUE,
    Columns,
    Convention,
    Intercept,
    Norm,
    SummedLoss,
    batch_size,
    n,
    weight_sum,
    y_sd,
)

DECAYS_BIAS = (
    "weight_decay applies to every parameter; a group with weight_decay=0 leaves the "
    "bias without a penalty"
)
DECOUPLED = (
    "the decay is not part of the gradient that Adam scales. With the gradient g of "
    "all rows a limit, if there is one, has weight_decay × b = -g / (|g| + epsilon). "
    "If the loss is convex, then for epsilon towards 0 this is the least loss with no "
    "|b| larger than 1 / weight_decay, the MAP under a uniform prior on that box (Xie "
    "and Li 2024, Implicit Bias of AdamW, ICML). The number is what SGD on the same "
    "loss would take"
)
SUMS = (
    "the sum is over a minibatch of batch_size rows, which divides n; for all rows at "
    "once batch_size = n"
)
CONVERGES = "amsgrad=True, or steps that shrink, so that it converges"
ROWS = "summed and divided by the number of rows"
IN_LOSS = (
    "as the loss is written; mse_loss(weight=w) averages: replace n by Σw; "
    "(w * r²).mean() divides by n"
)
AVERAGED = "averaged: replace n by Σw"
SPARK_WEIGHTS = "averaged: replace n by Σw; means and sds are weighted too"
SPARK_SOLVER = 'solver "normal", which "auto" chooses up to 4096 columns'
SPARK_LBFGS = '; "l-bfgs" takes all sds with divisor n - 1'
LINE_SEARCH = (
    "its line search compares values of the objective, so half of the digits are lost"
)
SINGLE_DATA = "data, gradients and weights are 32-bit floats"
FREE_BIAS = "as kernel_regularizer, so that the bias has no penalty"
ADAM = "PyTorch documentation, torch.optim.Adam: the decay is added to the gradient"
ADAMW = "Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, ICLR"
SINGLE_MEAN = "on JAX its losses take their mean in 32-bit floats"

TORCH_SGD = Convention(
    name="torch-sgd",
    setting="torch.optim.SGD(weight_decay) on MSELoss()",
    parameter="weight_decay",
    loss=1 / n,
    penalty=VALUE / 2,
    intercept=Intercept.PENALISED,
    weights=IN_LOSS,
    assumes=(DECAYS_BIAS, "momentum does not move the minimum"),
    source="PyTorch documentation, torch.optim.SGD and torch.nn.MSELoss (a mean, "
    "without ½)",
)
OPTAX = replace(
    TORCH_SGD,
    name="optax",
    setting="optax.add_decayed_weights(weight_decay) on mean squared_error",
    weights="in the loss: (w * loss).mean() is " + ROWS,
    assumes=(
        "first in the chain, before sgd or adam",
        "every parameter decays unless a mask leaves the bias out",
    ),
    source="Optax documentation, add_decayed_weights and squared_error",
)

RECORDS = (
    TORCH_SGD,
    replace(
        TORCH_SGD,
        name="torch-sgd-sum",
        setting='torch.optim.SGD(weight_decay) on MSELoss(reduction="sum")',
        loss=batch_size / n,
        assumes=(DECAYS_BIAS, SUMS),
    ),
    replace(
        TORCH_SGD,
        name="torch-sgd-cross-entropy",
        setting="torch.optim.SGD(weight_decay) on BCEWithLogitsLoss()",
        summed=SummedLoss.LOGISTIC,
        weights="by BCEWithLogitsLoss(weight=w): " + ROWS,
        source="PyTorch documentation, torch.optim.SGD and torch.nn.BCEWithLogitsLoss "
        "(a mean)",
    ),
    replace(
        TORCH_SGD,
        name="torch-adam",
        setting="torch.optim.Adam(weight_decay) on MSELoss()",
        assumes=(DECAYS_BIAS, CONVERGES),
        source=ADAM,
    ),
    replace(
        TORCH_SGD,
        name="torch-adam-sum",
        setting='torch.optim.Adam(weight_decay) on MSELoss(reduction="sum")',
        loss=batch_size / n,
        assumes=(DECAYS_BIAS, SUMS, CONVERGES),
        source=ADAM,
    ),
    replace(
        TORCH_SGD,
        name="torch-adamw-sum",
        setting='torch.optim.AdamW(weight_decay) on MSELoss(reduction="sum")',
        loss=batch_size / n,
        assumes=(DECAYS_BIAS, SUMS),
        no_map=DECOUPLED,
        source=ADAMW,
    ),
    replace(
        TORCH_SGD,
        name="torch-adamw",
        setting="torch.optim.AdamW(weight_decay) on MSELoss()",
        assumes=(DECAYS_BIAS,),
        no_map=DECOUPLED,
        source=ADAMW,
    ),
    Convention(
        name="keras-l2",
        setting='keras.regularizers.L2(l2) with loss="mse"',
        parameter="l2",
        loss=1 / n,
        penalty=VALUE,
        weights=ROWS,
        digits=7,
        limit=SINGLE_MEAN,
        assumes=(FREE_BIAS,),
        source="Keras documentation, Layer weight regularizers: no ½",
        aliases=("tf.keras.regularizers.l2", "tensorflow"),
    ),
    Convention(
        name="keras-l2-cross-entropy",
        setting='keras.regularizers.L2(l2) with loss="binary_crossentropy"',
        parameter="l2",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE,
        weights=ROWS,
        digits=7,
        limit=SINGLE_MEAN,
        assumes=(FREE_BIAS,),
        source="Keras documentation, Layer weight regularizers: no ½",
    ),
    Convention(
        name="keras-sgd",
        setting='keras.optimizers.SGD(weight_decay) with loss="mse"',
        parameter="weight_decay",
        loss=1 / n,
        penalty=VALUE / 2,
        intercept=Intercept.PENALISED,
        weights=ROWS,
        digits=7,
        limit=SINGLE_MEAN,
        assumes=(
            "momentum=0; the decay is decoupled from the gradient, so with momentum m "
            "the same prior needs weight_decay / (1 - m)",
            'exclude_from_weight_decay(var_names=["bias"]) leaves the bias without a '
            "penalty",
        ),
        source="Keras source, optimizers/base_optimizer.py, _apply_weight_decay",
    ),
    OPTAX,
    replace(
        OPTAX,
        name="optax-l2-loss",
        setting="optax.add_decayed_weights(weight_decay) on mean l2_loss",
        loss=1 / (2 * n),
        source="Optax documentation, l2_loss: half the squared error",
    ),
    replace(
        OPTAX,
        name="optax-adamw",
        setting="optax.adamw(weight_decay) on mean squared_error",
        assumes=(),
        no_map=DECOUPLED,
        source="Optax documentation, adamw",
    ),
    Convention(
        name="xgboost",
        setting='xgboost.train({"booster": "gblinear", "lambda": lambda})',
        parameter="lambda",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / 2,
        weights=AVERAGED,
        digits=6,
        limit=SINGLE_DATA,
        source="XGBoost documentation, Parameters for Linear Booster",
        assumes=("run until it converges; 10 rounds give one digit",),
        aliases=("gblinear",),
    ),
    Convention(
        name="lightgbm",
        setting="lightgbm.train(linear_tree=True, linear_lambda)",
        parameter="linear_lambda",
        loss=HALF,
        penalty=VALUE / 2,
        weights="summed",
        assumes=("for the line that one round fits within one leaf",),
        digits=6,
        limit="data and gradients are 32-bit floats",
        source="LightGBM documentation, Parameters, linear_lambda; Shi, Li and Li "
        "(2019), Gradient Boosting with Piece-Wise Linear Regression Trees",
    ),
    Convention(
        name="spark",
        setting="pyspark.ml.regression.LinearRegression(regParam)",
        parameter="regParam",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / (2 * y_sd),
        columns=Columns.SD,
        weights=SPARK_WEIGHTS,
        assumes=(SPARK_SOLVER + SPARK_LBFGS, "elasticNetParam=0, standardization=True"),
        source="Spark source, WeightedLeastSquares.scala: y is scaled to sd 1 first",
    ),
    Convention(
        name="spark-unstandardised",
        setting="pyspark.ml.regression.LinearRegression("
        "regParam, standardization=False)",
        parameter="regParam",
        loss=1 / (2 * weight_sum),
        penalty=VALUE / (2 * y_sd),
        weights=SPARK_WEIGHTS,
        assumes=(
            SPARK_SOLVER,
            "elasticNetParam=0; y is scaled in this case too",
        ),
        source="Spark source, WeightedLeastSquares.scala",
    ),
    Convention(
        name="spark-logistic",
        setting="pyspark.ml.classification.LogisticRegression(regParam)",
        parameter="regParam",
        summed=SummedLoss.LOGISTIC,
        loss=1 / n,
        penalty=VALUE / 2,
        columns=Columns.SAMPLE_SD,
        assumes=(
            "elasticNetParam=0, standardization=True",
            "rows have no weights; with weights it computes other sds",
        ),
        digits=6,
        limit=LINE_SEARCH,
        source="Spark source, LogisticRegression.scala",
    ),
    Convention(
        name="spark-logistic-unstandardised",
        setting="pyspark.ml.classification.LogisticRegression("
        "regParam, standardization=False)",
        parameter="regParam",
        summed=SummedLoss.LOGISTIC,
        loss=1 / weight_sum,
        penalty=VALUE / 2,
        weights=AVERAGED,
        assumes=("elasticNetParam=0",),
        digits=6,
        limit=LINE_SEARCH,
        source="Spark documentation, Classification and regression, Logistic "
        "regression",
    ),
    Convention(
        name="keras-l1",
        setting='keras.regularizers.L1(l1) with loss="mse"',
        parameter="l1",
        norm=Norm.L1,
        loss=1 / n,
        penalty=VALUE,
        weights=ROWS,
        assumes=(FREE_BIAS,),
        digits=3,
        limit="the penalty has no gradient at 0, so steps of a fixed size oscillate "
        "around 0",
        source="Keras documentation, Layer weight regularizers",
    ),
    Convention(
        name="xgboost-l1",
        setting='xgboost.train({"booster": "gblinear", "alpha": alpha, "lambda": 0})',
        parameter="alpha",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        weights=AVERAGED,
        digits=6,
        limit=SINGLE_DATA,
        source="XGBoost documentation, Parameters for Linear Booster",
    ),
    Convention(
        name="spark-lasso",
        setting="pyspark.ml.regression.LinearRegression(regParam, elasticNetParam=1)",
        parameter="regParam",
        norm=Norm.L1,
        loss=1 / (2 * weight_sum),
        penalty=VALUE,
        columns=Columns.SD,
        weights=SPARK_WEIGHTS,
        assumes=(SPARK_SOLVER + SPARK_LBFGS, "standardization=True"),
        digits=6,
        limit=LINE_SEARCH,
        source="Spark source, WeightedLeastSquares.scala",
    ),
)
