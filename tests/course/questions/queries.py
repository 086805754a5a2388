"""Words as people type them, and the names of the questions that would answer them."""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Return the names by the words before the colon of each line."""
    pairs = [line.split(": ") for line in text.strip().splitlines()]
    return {words: tuple(names.split()) for words, names in pairs}


# words of other people's pages, of threads and of tags; some are misspelt
SEARCHES = _table("""
ridge lambda statsmodels: statsmodels-and-ridge
is MSE only valid if errors are gaussian: gaussian-noise
why do we square residuals instead of ^4: fourth-powers
MAE vs MSE: absolute-errors
gp vs ridge: kernel-ridge-and-gp
robust regression with bad data points: outliers
heteroscedastic errors weighted least squares: unequal-variances
gauss markov theorem normality: normal-errors-in-ols
prior corresponding to sklearn Ridge alpha: which-prior-is-ridge
alpha when dataset doubles in size: penalty-and-rows
factor 1/2 in loss function regularization: the-half
prior predictive how informative is my prior: what-does-lambda-believe
ridge towards nonzero target prior mean: shrink-to-another-value
different regularization per feature: a-penalty-for-each-column
regularize bias term intercept shrink: penalise-the-intercept
normalize features before regularization: standardise-first
dummy variable trap regularized regression: one-hot-columns
unscale coefficients StandardScaler back to original units: raw-units
duplicate row vs sample_weight 2: what-weights-mean
glmnet vs sklearn different results: glmnet-and-ridge
pytorch weight_decay equivalent ridge alpha: weight-decay-units
C parameter inverse regularization strength glmnet: c-and-lambda
lasso sparsity explanation vs ridge: why-not-sparse
multicollinearity correlated features ridge: collinear-columns
more predictors than observations: more-columns-than-rows
degrees of freedom hat matrix trace: effective-degrees-of-freedom
bias variance tradeoff shrinkage mean squared error: biased-and-better
confidence interval coefficients sklearn Ridge: ridge-standard-errors
significance test pvalue penalized regression: p-values
bootstrapping penalized regression uncertainty: bootstrap-ridge
uncertainty of forecasts from ridge model: prediction-intervals
std err lasso coefficients: lasso-standard-errors
logistic regression l2 covariance matrix hessian: logistic-standard-errors
BayesianRidge alpha_ vs lambda_ meaning: alpha-and-lambda-of-bayesian-ridge
does BayesianRidge integrate out hyperparameters: is-bayesian-ridge-bayesian
BayesianRidge gamma hyperparameters lambda_1: hyperpriors-of-bayesian-ridge
find_MAP not equal to trace mean pymc3: find-map-and-the-mean
MAP not invariant reparameterization log: change-of-variables
hierarchical model mode at zero variance: joint-mode-of-tau
bayesian lasso mean nonzero: map-and-mean
RidgeCV picks small alpha marginal likelihood larger: loo-or-evidence
pick regularization strength without CV: lambda-from-knowledge
generalized cross validation leverage: gcv-and-loo
KernelRidge versus GaussianProcessRegressor: kernel-ridge-and-gp
mixed model BLUP shrinkage penalty: random-effects
lme4 variance components how is lambda chosen: lmer-has-no-lambda
kalman filter linear regression sequential: kalman-filter
invert p by p matrix wide data woodbury: dual-form
early stopping vs weight penalty equivalence: early-stopping-is-ridge
minimum norm solution SGD overparameterized implicit regularization: implicit-bias
dropout as regularizer linear regression: dropout-and-l2
adding gaussian noise to training inputs tikhonov: noise-on-inputs
deep ensembles bayesian uncertainty: ensembles
online learning linear regression streaming update: update-with-new-rows
out of core regression huge csv: batches
federated distributed linear regression combine nodes: merge-machines
NUTS slow large dataset: slow-mcmc
adam weight decay decoupled bayesian interpretation: adamw-prior
what gaussian prior does weight decay 0.0001 imply: prior-of-a-trained-network
batchnorm makes weight decay irrelevant scale invariance: batch-norm-and-decay
linearly separable data coefficients blow up infinite: perfect-separation
log loss instead of mean squared error classification: mse-for-classes
softmax overparameterized identifiability: softmax-is-not-unique
infinite width neural network GP: wide-networks
test error peak interpolation threshold: double-descent
colinearity regularisation: collinear-columns
standardizing colums ridge: standardise-first
baysian ridge fully baysian: is-bayesian-ridge-bayesian
kernal ridge gausian proces: kernel-ridge-and-gp
droput l2 regularization: dropout-and-l2
penalized intercept: penalise-the-intercept
standart errors rigde regresion: ridge-standard-errors
early stoping: early-stopping-is-ridge
is L2 regularization equivalent to gaussian prior on weights: which-prior-is-ridge
reason for not shrinking the bias term in regression: penalise-the-intercept
why square the difference instead of taking the absolute value: absolute-errors
need for centering and scaling predictors ridge: standardise-first
how to derive ridge regression solution underdetermined: more-columns-than-rows
why does lasso provide variable selection: why-not-sparse l1-or-l2
estimating covariance of ridge estimator: ridge-standard-errors standard-errors-by-hand
statsmodels regularized fit summary None: standard-errors-by-hand statsmodels-and-ridge
R glmnet python sklearn mismatch coefficients: glmnet-and-ridge
lm.ridge vs glmnet lambda: lm-ridge-units glmnet-and-ridge
convert keras l2 to pytorch weight decay: keras-l2-units weight-decay-units
logistic regression sklearn default penalty turn off: default-c
complete separation glm: perfect-separation
MLPRegressor alpha l2 batch: mlp-batches
posterior mode vs mean which to report: map-and-mean plug-in-predictions
maximum a posteriori not invariant under transformation: change-of-variables
empirical bayes ridge regression evidence maximization: loo-or-evidence
credible interval coverage shrinkage bias: do-intervals-cover
epistemic aleatoric uncertainty ridge prediction: prediction-intervals last-layer
gaussian process with linear kernel is bayesian linear regression: linear-kernel
RBF kernel gamma length scale sklearn: kernel-ridge-and-gp
fixed effects with regularization versus random effects: random-effects
Stein's paradox: james-stein
penalized splines bayesian prior smoothing: smoothing-splines
RLS forgetting recursive update covariance: kalman-filter update-with-new-rows
incremental ridge partial_fit: update-with-new-rows no-partial-fit
linear regression on 100GB data: batches parquet-files
numerical precision sum of squares catastrophic cancellation: digits-of-sums
AdamW vs Adam L2: adamw-prior decay-and-l2
should I apply weight decay to biases and layernorm: decay-biases
weight decay with batch normalization effective learning rate: batch-norm-and-decay
prior variance bayesian neural network from weight decay: prior-of-a-trained-network
monte carlo dropout l2: dropout-and-l2
randomized prior functions bootstrap ensembles: ensembles
number of epochs as regularization strength: early-stopping-is-ridge steps-and-alpha
neural tangent wide networks gaussian: wide-networks
last layer laplace approximation: last-layer logistic-standard-errors
double descent ridge optimal: double-descent
squared loss classification instead of cross entropy: mse-for-classes ridge-classifier
poisson regression l2 alpha: counts
xgboost reg_lambda meaning: boosting-lambda
spark regParam elasticNet scaling: spark-regparam
PyMC linear regression too slow many rows: slow-mcmc bayesian-ridge-or-pymc
half cauchy prior sigma ridge pymc: do-not-choose bayesian-ridge-or-pymc
how large should lambda be with more samples: penalty-and-rows
unbiased estimate of sigma squared residual degrees of freedom: rmse-and-noise
target variable not normally distributed neural net: histogram-of-y gaussian-noise
constrained vs penalized formulation of ridge lagrange: must-it-be-bayesian
data augmentation trick ridge as OLS: extra-rows
condition number gradient descent l2: slow-convergence
""")

# a few words of this package
PLAIN = _table("""
standard errors of a ridge fit: ridge-standard-errors standard-errors-by-hand
ridge standard errors: ridge-standard-errors standard-errors-by-hand
p values ridge: p-values
lasso standard error: lasso-standard-errors
prediction interval ridge: prediction-intervals
prior of Ridge alpha=1: which-prior-is-ridge
sigma versus tau: sigma-and-tau
dropout: dropout-and-l2
ensembles: ensembles
early stopping: early-stopping-is-ridge both-at-once steps-and-alpha
kalman: kalman-filter
gaussian process: kernel-ridge-and-gp linear-kernel wide-networks
random effects: random-effects
glmnet: glmnet-and-ridge c-and-lambda lm-ridge-units
AdamW: adamw-prior decay-and-l2
weight decay: decay-and-l2 adamw-prior weight-decay-units decay-biases
intercept penalty: penalise-the-intercept
one-hot: one-hot-columns
collinear: collinear-columns
why is L2 not sparse: why-not-sparse
which lambda: lambda-from-knowledge loo-or-evidence best-alpha-formula do-not-choose
BayesianRidge lambda_: alpha-and-lambda-of-bayesian-ridge hyperpriors-of-bayesian-ridge
too big for memory: batches parquet-files
too many rows for MCMC: slow-mcmc
row by row: update-with-new-rows batches no-partial-fit
MAP of tau is zero: joint-mode-of-tau
cross entropy vs mse: mse-for-classes
C of LogisticRegression: default-c c-and-lambda logistic-is-a-map
James Stein: james-stein
leave one out: gcv-and-loo loo-or-evidence flat-curve
noise variance estimate: rmse-and-noise
ridge pymc: pymc-program-of-ridge bayesian-ridge-or-pymc mcmc-and-ridge
smoothing spline: smoothing-splines
batch norm: batch-norm-and-decay decay-biases
standardise columns: standardise-first which-divisor
bootstrap: bootstrap-ridge
degrees of freedom of ridge: effective-degrees-of-freedom
XGBoost lambda: boosting-lambda
posterior mean of the lasso: map-and-mean lasso-standard-errors
is ridge biased: biased-and-better
""")

# nothing of this package
ELSEWHERE = (
    "pizza with mushrooms",
    "xyzzy plugh",
    "how do I cook rice",
    "football world cup winner",
    "javascript async await",
    "docker container network port",
    "qqqq",
    "weather in Paris tomorrow",
    "kubernetes ingress tls",
    "best restaurants",
    "git rebase conflict",
    "java null pointer exception",
    "12345 67890",
    "the of and to",
    "cat videos",
    "css flexbox center div",
    "how to bake bread",
    "capital of France",
    "cheap flights to Rome",
    "react hooks useState",
    "regex match email address",
    "unicode decode error python",
    "sort a list of dictionaries",
    "how old is the universe",
    "tax return deadline",
    "guitar chords for beginners",
    "latex table caption",
    "merge pandas dataframes on index",
    "matplotlib legend outside plot",
    "install cuda driver ubuntu",
    "sql left join duplicates",
    "what is love",
    "lorem ipsum dolor sit amet",
    "asdf jkl",
    "hello",
    "help me please",
    "why",
    "reinforcement learning policy gradient",
    "k-means number of clusters",
    "decision tree depth",
    "convolution stride padding",
    "tokenizer vocabulary size",
    "LSTM vanishing gradients",
    "time zone conversion",
    "ARIMA order selection",
    "survival analysis hazard ratio",
    "image segmentation unet",
    "t-SNE perplexity",
    "bitcoin price",
    "vim exit",
    "blood pressure medicine",
    "chess opening",
    "garden roses pruning",
    "car insurance quote",
    "translate german to english",
    "move house checklist",
)
