"""The same penalty in the units of other libraries."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "My λ is not yours"
NAMES = "notebooks/07_one_penalty_many_names.ipynb"
CONVENTIONS = "docs/conventions.md"

QUESTIONS = (
    Question(
        "glmnet-and-ridge",
        KIND,
        "Why does glmnet give other ridge coefficients than scikit-learn's Ridge?",
        "glmnet halves and averages the loss, standardises the columns, and divides y "
        "by its sd. So lambda is α sd(y)/n on columns of sd 1, with the divisor n.",
        "bayes-l2 convert 1 --from ridge --to glmnet --n 442 --y-sd 77",
        "lambda = 0.1742081448",
        ("glmnet", "scikit-learn"),
        NAMES,
        "R and Python mismatch, sklearn, different results, lambda, coefficients do "
        "not match",
    ),
    Question(
        "statsmodels-and-ridge",
        KIND,
        "Why do statsmodels' fit_regularized and Ridge disagree?",
        "statsmodels averages the loss, so its alpha is α/n. A single number penalises "
        "the constant too. Give a vector: 0 for the constant and α/n for the rest, "
        "with L1_wt=0.",
        "bayes-l2 convert 1 --from ridge --to statsmodels-ols --n 442",
        "alpha = 0.002262443439",
        ("statsmodels", "scikit-learn"),
        CONVENTIONS,
        "mismatch, sklearn, L1_wt, different results, lambda, coefficients do not "
        "match",
    ),
    Question(
        "elastic-net-and-ridge",
        KIND,
        "Which alpha makes ElasticNet(l1_ratio=0) equal to Ridge?",
        "ElasticNet divides the squared errors by 2n and halves the L2 term, so its "
        "alpha is α/n. Lasso divides by 2n as well.",
        "bayes-l2 convert 7.29 --from ridge --to elastic-net --n 442",
        "alpha = 0.01649321267",
        ("scikit-learn",),
        CONVENTIONS,
        "Lasso alpha, l1_ratio, sklearn, different results, objective",
    ),
    Question(
        "lm-ridge-units",
        KIND,
        "What is lambda of MASS lm.ridge in units of scikit-learn's Ridge?",
        "lm.ridge minimises the sum of squares, on columns divided by their sd with "
        "the divisor n. On raw columns this is α = lambda x_sd², another α for each "
        "column.",
        "bayes-l2 convert 1 --from lm-ridge --to prior-sd --x-sd 2 --noise-sd 54",
        "sd = 27 in bayes_l2.priors.Normal(sd)",
        ("MASS", "scikit-learn"),
        CONVENTIONS,
        "R, glmnet, different lambda, scaled predictors",
    ),
    Question(
        "weight-decay-units",
        KIND,
        "Which weight_decay of PyTorch is ridge with alpha?",
        "With SGD on MSELoss, which is a mean without ½, weight_decay = 2α/n: the "
        "optimiser adds weight_decay·w to the gradient. Biases decay too unless they "
        "are in a group of their own with weight_decay=0.",
        "bayes-l2 convert 7.29 --from ridge --to torch-sgd --n 442",
        "weight_decay = 0.03298642534",
        ("PyTorch", "scikit-learn"),
        "notebooks/09_weight_decay.ipynb",
        "torch, Adam, L2 regularization, lambda, convert, MSELoss, optimizer",
    ),
    Question(
        "keras-l2-units",
        KIND,
        "Which kernel_regularizer l2 of Keras is ridge with alpha?",
        "Keras adds l2·||w||² to the mean squared error, without a ½. So l2 = α/n, "
        "half of PyTorch's weight_decay, and the bias is not penalised.",
        "bayes-l2 convert 7.29 --from ridge --to keras-l2 --n 442",
        "l2 = 0.01649321267",
        ("Keras", "scikit-learn"),
        CONVENTIONS,
        "TensorFlow, kernel_regularizer, L2 regularization, convert, weight decay, "
        "torch",
    ),
    Question(
        "c-and-lambda",
        KIND,
        "How does C of LogisticRegression relate to lambda of glmnet?",
        "C multiplies the summed loss, and glmnet's lambda multiplies the penalty of a "
        "mean loss: lambda = 1/(C n) on columns of sd 1. The prior sd is √C. A larger "
        "C is a weaker penalty.",
        "bayes-l2 convert 1 --from logistic-regression --to glmnet-binomial --n 569",
        "lambda = 0.001757469244",
        ("scikit-learn", "glmnet"),
        "notebooks/08_classification.ipynb",
        "inverse regularization strength, sklearn, R, binomial, SVM",
    ),
    Question(
        "alpha-and-one-over-c",
        KIND,
        "Is alpha of Ridge the same as 1/C of other estimators?",
        "LinearSVR with the squared loss and epsilon=0 has alpha = 1/(2C), but "
        "penalises the intercept too. LogisticRegression has another loss, without a "
        "noise sd, so no alpha corresponds to its C. What the two share is the prior "
        "sd.",
        "bayes-l2 convert 1 --from linear-svr --to ridge",
        "alpha = 0.5 in sklearn.linear_model.Ridge(alpha)",
        ("scikit-learn",),
        CONVENTIONS,
        "SVM, LinearSVC, inverse regularization strength, documentation, corresponds",
    ),
    Question(
        "mlp-batches",
        KIND,
        "What is alpha of MLPRegressor, and why does the batch size matter?",
        "Its code divides the penalty by the rows of the minibatch, not by n. So the "
        "prior of ridge's α is MLPRegressor's alpha = αB/n with batches of B rows, and "
        "another batch size is another prior.",
        "bayes-l2 convert 10 --from ridge --to mlp-regressor --n 400 --batch-size 40",
        "alpha = 1 in sklearn.neural_network.MLPRegressor",
        ("scikit-learn",),
        CONVENTIONS,
        "sklearn neural network, L2 regularization, minibatch, batch_size",
    ),
    Question(
        "spark-regparam",
        KIND,
        "What is regParam of Spark in units of Ridge?",
        "As in glmnet: the loss is halved and averaged, the columns are standardised, "
        "and y is divided by its sd. So regParam is α sd(y)/n on columns of sd 1, with "
        'the divisor n where the solver is "normal".',
        "bayes-l2 convert 1 --from ridge --to spark --n 442 --y-sd 77",
        "regParam = 0.1742081448",
        ("Spark", "scikit-learn"),
        CONVENTIONS,
        "pyspark, MLlib, elasticNetParam, regularization, standardization",
    ),
    Question(
        "boosting-lambda",
        KIND,
        "Is lambda of XGBoost or LightGBM a ridge penalty?",
        "On the weights of linear models, yes: gblinear's lambda is α/n. In trees the "
        "same term shrinks each leaf: with squared error, a leaf of m rows gets its "
        "mean residual times m/(m + lambda).",
        "bayes-l2 convert 7.29 --from ridge --to xgboost --n 442",
        "lambda = 0.01649321267",
        ("XGBoost", "LightGBM", "scikit-learn"),
        CONVENTIONS,
        "reg_lambda, lambda_l2, gradient boosting, trees, gbm, leaf weight",
    ),
    Question(
        "default-c",
        KIND,
        "Is LogisticRegression regularised by default?",
        "Yes: C=1 is a prior sd of 1 in log odds for a unit of each column. For a "
        "column that varies little, such as a share from 0 to 1, that is a strong "
        "prior. Use C=inf for no penalty. Here are the slopes of both.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import LogisticRegression

            X, y = np.linspace(0, 1, 8)[:, None], np.array([0, 0, 1, 0, 0, 1, 1, 1])
            for C in (1.0, np.inf):
                print(f"{LogisticRegression(C=C).fit(X, y).coef_[0, 0]:.1f}")
        """),
        "0.7\n5.8",
        ("scikit-learn", "statsmodels"),
        "docs/fitted-ridge.md#which-prior-is-c1",
        "no penalty, turn regularization off, sklearn default, penalty=None, "
        "unregularized",
    ),
    Question(
        "counts",
        KIND,
        "Which loss and penalty suit counts?",
        "The Poisson likelihood with a log link, and L2 on its coefficients: a MAP "
        "with a Gaussian prior in logs. PoissonRegressor averages the loss, so its "
        "alpha is 1/(n τ²).",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import PoissonRegressor

            X, y = np.arange(6.0)[:, None], np.array([1, 1, 2, 4, 6, 11])
            for tau in (0.1, 10):
                fit = PoissonRegressor(alpha=1 / (6 * tau**2)).fit(X, y)
                print(f"{fit.coef_[0]:.2f}")
        """),
        "0.20\n0.54",
        ("scikit-learn", "statsmodels", "glmnet"),
        "docs/guide/other-losses.md",
        "Poisson regression, GLM, log link, rates, negative binomial",
    ),
)
