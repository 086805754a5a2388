# Writes r_output.json: what glmnet and lm.ridge print on data that come with R.
# Rscript bayes_l2/conventions/proofs/r_output.R > bayes_l2/conventions/proofs/r_output.json
suppressMessages({library(glmnet); library(MASS); library(jsonlite)})

cars_names <- c("mpg", "wt", "drat", "qsec")
cars_x <- data.matrix(mtcars[, cars_names])
weights <- rep(1:4, 8) / 2
tight <- list(thresh = 1e-25, maxit = 1e7)
fit <- function(y, lambda, ..., alpha = 0) {
  as.vector(as.matrix(coef(do.call(glmnet, c(list(x = cars_x, y = y, alpha = alpha, lambda = lambda, ...), tight)))))
}
fit_lasso <- function(...) fit(..., alpha = 1)
longley_x <- data.matrix(longley[, names(longley) != "Employed"])
ridge <- lm.ridge(Employed ~ ., longley, lambda = 0.03)

entry <- function(convention, data, response, setting, estimates, call, weights = NULL) {
  list(convention = convention, data = data, response = response, setting = setting, weights = weights,
       intercept = estimates[1], coef = estimates[-1], call = call)
}
outputs <- list(
  entry("glmnet", "mtcars", "hp", 10, fit(mtcars$hp, 10), "glmnet(x, y, alpha = 0, lambda = 10)"),
  entry("glmnet", "mtcars", "hp", 10, fit(mtcars$hp, 10, weights = weights),
        "glmnet(x, y, weights, alpha = 0, lambda = 10)", weights),
  entry("glmnet-unstandardised", "mtcars", "hp", 10, fit(mtcars$hp, 10, standardize = FALSE),
        "glmnet(x, y, alpha = 0, lambda = 10, standardize = FALSE)"),
  entry("glmnet-unstandardised", "mtcars", "hp", 10, fit(mtcars$hp, 10, standardize = FALSE, weights = weights),
        "glmnet(x, y, weights, alpha = 0, lambda = 10, standardize = FALSE)", weights),
  entry("glmnet-binomial", "mtcars", "am", 0.1, fit(mtcars$am, 0.1, family = "binomial"),
        "glmnet(x, y, family = \"binomial\", alpha = 0, lambda = 0.1)"),
  entry("glmnet-binomial", "mtcars", "am", 0.1, fit(mtcars$am, 0.1, family = "binomial", weights = weights),
        "glmnet(x, y, weights, family = \"binomial\", alpha = 0, lambda = 0.1)", weights),
  entry("glmnet-binomial-unstandardised", "mtcars", "am", 0.1,
        fit(mtcars$am, 0.1, family = "binomial", standardize = FALSE),
        "glmnet(x, y, family = \"binomial\", alpha = 0, lambda = 0.1, standardize = FALSE)"),
  entry("glmnet-binomial-unstandardised", "mtcars", "am", 0.1,
        fit(mtcars$am, 0.1, family = "binomial", standardize = FALSE, weights = weights),
        "glmnet(x, y, weights, family = \"binomial\", alpha = 0, lambda = 0.1, standardize = FALSE)", weights),
  entry("glmnet-lasso", "mtcars", "hp", 5, fit_lasso(mtcars$hp, 5), "glmnet(x, y, alpha = 1, lambda = 5)"),
  entry("glmnet-lasso", "mtcars", "hp", 5, fit_lasso(mtcars$hp, 5, weights = weights),
        "glmnet(x, y, weights, alpha = 1, lambda = 5)", weights),
  entry("lm-ridge", "longley", "Employed", 0.03, as.vector(coef(ridge)),
        "coef(lm.ridge(Employed ~ ., longley, lambda = 0.03))")
)
data <- list(
  mtcars = list(
    features = cars_names, X = unname(cars_x), hp = mtcars$hp, am = mtcars$am,
    source = "Henderson and Velleman (1981), Biometrics 37: 391-411"
  ),
  longley = list(
    features = colnames(longley_x), X = unname(longley_x), Employed = longley$Employed,
    source = "Longley (1967), Journal of the American Statistical Association 62: 819-841"
  )
)
versions <- list(R = as.character(getRversion()), glmnet = as.character(packageVersion("glmnet")),
                 MASS = as.character(packageVersion("MASS")))
cat(toJSON(list(versions = versions, data = data, outputs = outputs), digits = NA, auto_unbox = TRUE, pretty = FALSE,
           null = "null"), "\n")
