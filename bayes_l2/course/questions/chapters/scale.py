"""Row by row, and data that do not fit in memory."""

from inspect import cleandoc

from bayes_l2.course.questions.question import Question

KIND = "Row by row, and too big for memory"
SCALE = "docs/scale.md"
CONJUGACY = "notebooks/03_conjugacy.ipynb"

QUESTIONS = (
    Question(
        "update-with-new-rows",
        KIND,
        "How do I update a ridge fit when a new row arrives?",
        "Keep X'X and X'y, or a triangular factor of them, and add the row. It costs "
        "p² and needs no old row. `L2Regressor.partial_fit` does so and is exact. Here "
        "is the difference of a fit in two parts from one fit.",
        cleandoc("""
            import numpy as np

            from bayes_l2 import L2Regressor, datasets

            X, y = datasets.diabetes()
            parts = L2Regressor(noise_sd=54, prior_sd=20)
            parts.partial_fit(X[:400], y[:400]).partial_fit(X[400:], y[400:])
            at_once = L2Regressor(noise_sd=54, prior_sd=20).fit(X, y)
            print(f"{np.abs(parts.coef_ - at_once.coef_).max():.9f}")
        """),
        "0.000000000",
        ("scikit-learn",),
        SCALE,
        "online linear regression, online learning, incremental, streaming, "
        "partial_fit, Sherman-Morrison, RLS, add observation",
    ),
    Question(
        "no-partial-fit",
        KIND,
        "Ridge has no partial_fit: is SGDRegressor a replacement?",
        "SGDRegressor tends to the same minimum with alpha = α/n, but it stops near it "
        "and depends on the step size and on scaled columns. Sums of rows give the "
        "exact answer in one pass. Here is the largest difference.",
        cleandoc("""
            import numpy as np
            from sklearn.linear_model import Ridge, SGDRegressor

            from bayes_l2 import datasets

            X, y = datasets.diabetes()
            ridge = Ridge(7.29).fit(X, y)
            sgd = SGDRegressor(alpha=7.29 / len(y), random_state=0).fit(X, y)
            print(f"{np.abs(sgd.coef_ - ridge.coef_).max():.0f}")
        """),
        "9",
        ("scikit-learn",),
        "docs/conventions.md",
        "incremental, online learning, streaming, stochastic gradient descent, out of "
        "core",
    ),
    Question(
        "batches",
        KIND,
        "How do I fit ridge on data that do not fit in memory?",
        "One pass over batches is enough: the statistics of p columns are a triangle "
        "of p + 2 rows, whatever the number of rows. The model from them has the exact "
        "posterior.",
        cleandoc("""
            from bayes_l2 import LinearModel, SufficientStatistics, datasets
            from bayes_l2 import fit_exact, likelihoods, priors

            X, y = datasets.diabetes()
            batches = ((X[i : i + 100], y[i : i + 100]) for i in range(0, 442, 100))
            sums = SufficientStatistics.from_batches(batches)
            noise, prior = likelihoods.Normal(54), priors.Normal(20)
            model = LinearModel.from_statistics(sums, likelihood=noise, prior=prior)
            print(f"{fit_exact(model).coef[2]:.2f}")
        """),
        "24.69",
        ("scikit-learn", "Dask", "pandas"),
        SCALE,
        "out of core, huge CSV, large dataset, chunks, 100 GB, streaming, map-reduce, "
        "linear regression",
    ),
    Question(
        "merge-machines",
        KIND,
        "Can machines that each hold some rows fit one regression together?",
        "Yes: each sends its statistics, about p²/2 numbers, and these are added. The "
        "result is that of all rows. Statistics of few rows reveal them, so a small "
        "site should not send its own.",
        cleandoc("""
            from bayes_l2 import SufficientStatistics, datasets

            X, y = datasets.diabetes()
            here = SufficientStatistics.from_rows(X[:300], y[:300])
            there = SufficientStatistics.from_rows(X[300:], y[300:])
            print((here + there).summary()["n"])
        """),
        "442",
        ("Dask", "Spark"),
        f"{SCALE}#privacy-statistics-that-leave-a-site",
        "federated, distributed, combine nodes, map-reduce, privacy, cluster, linear "
        "regression",
    ),
    Question(
        "digits-of-sums",
        KIND,
        "Is it safe to compute ridge from sums of squares, as in SQL?",
        "Not where a column is far from 0: the difference of two large sums loses its "
        "digits without a warning. Centre first, or sum deviations. The variance of "
        "these three numbers is 0.667.",
        cleandoc("""
            import numpy as np

            x = 1e9 + np.arange(3.0)
            print(f"{np.mean(x**2) - np.mean(x) ** 2:.3f} {np.var(x):.3f}")
        """),
        "0.000 0.667",
        ("NumPy", "Spark", "DuckDB", "polars"),
        f"{SCALE}#digits-that-plain-sums-lose",
        "numerical precision, catastrophic cancellation, normal equations, float, "
        "ill-conditioned, X'X",
    ),
    Question(
        "parquet-files",
        KIND,
        "My Parquet file is larger than memory: what do I type?",
        "`bayes-l2 compare big.parquet --target y --stream`, or "
        "`SufficientStatistics.from_parquet` in Python. Both read a part at a time. A "
        ".npy file, as here, needs no other library.",
        cleandoc("""
            import tempfile

            import numpy as np

            from bayes_l2 import SufficientStatistics

            rows = np.random.default_rng(0).random((1000, 5))
            with tempfile.TemporaryDirectory() as folder:
                np.save(f"{folder}/rows.npy", rows)
                sums = SufficientStatistics.from_npy(f"{folder}/rows.npy", target=-1)
            print(sums)
        """),
        "SufficientStatistics(<1000 rows, 4 features>, x0, x1, x2, x3)",
        ("Dask", "polars", "pandas", "Spark"),
        f"{SCALE}#one-machine",
        "out of core, huge CSV, large dataset, memory error, 100 GB, command line, "
        "Arrow",
    ),
    Question(
        "slow-mcmc",
        KIND,
        "MCMC is too slow on a million rows: what can I do?",
        "With Gaussian noise only the statistics of the rows matter. So their number "
        "and p + 2 other rows contain all the information of the million. `fit_mcmc` "
        "samples on these. Here are the sizes.",
        cleandoc("""
            from bayes_l2 import SufficientStatistics, datasets

            X, y = datasets.diabetes()
            sums = SufficientStatistics.from_rows(X, y)
            print(X.shape, sums.equivalent_rows(centred=False)[0].shape)
        """),
        "(442, 10) (12, 10)",
        ("PyMC", "brms"),
        "notebooks/04_mcmc_agrees.ipynb",
        "NUTS, large dataset, many observations, Stan, speed up, sampling, big data",
    ),
)
