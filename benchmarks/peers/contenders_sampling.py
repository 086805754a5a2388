"""Contenders that draw from the posterior with both scales unknown."""

from collections.abc import Callable
from typing import Any

from contender import NOISE_SCALE, OURS, PRIOR_SCALE, Answer, Contender, library
from contenders_gaussian import hierarchical_model
from data import Case

Run = Callable[[], Answer]
CHAINS, DRAWS, CORES, SEED = 4, 1000, 2, 1


def ours_draws(case: Case) -> Run:
    """Return independent draws from the exact posterior."""
    b = library("bayes_l2")

    def run() -> Answer:
        posterior = b.fit_exact(hierarchical_model(case))
        return {"draws": posterior.to_datatree(draws=DRAWS, chains=CHAINS, seed=SEED)}

    return run


def ours_nuts(case: Case) -> Run:
    """Return draws of NUTS on this package's density."""
    b = library("bayes_l2")
    return lambda: {"draws": b.fit_mcmc(hierarchical_model(case), seed=SEED)}


def pymc_model(case: Case) -> Any:
    """Return the model as a user of PyMC writes it."""
    pm = library("pymc")
    with pm.Model() as model:
        noise_sd = pm.HalfNormal("noise_sd", NOISE_SCALE)
        prior_sd = pm.HalfCauchy("prior_sd", PRIOR_SCALE)
        intercept = pm.Flat("intercept")
        coef = pm.Normal("coef", 0.0, prior_sd, shape=case.X.shape[1])
        pm.Normal("y", intercept + case.X @ coef, noise_sd, observed=case.y)
    return model


def pymc_nuts(case: Case) -> Run:
    """Return draws of PyMC's own NUTS."""
    pm = library("pymc")

    def run() -> Answer:
        with pymc_model(case):
            tree = pm.sample(
                DRAWS,
                chains=CHAINS,
                cores=CORES,
                random_seed=SEED,
                nuts_sampler="pymc",
                progressbar=False,
                quiet=True,
                compute_convergence_checks=False,
            )
        return {"draws": tree}

    return run


def nutpie_nuts(case: Case) -> Run:
    """Return draws of nutpie on the program that PyMC compiles."""
    nutpie = library("nutpie")

    def run() -> Answer:
        compiled = nutpie.compile_pymc_model(pymc_model(case))
        tree = nutpie.sample(
            compiled,
            draws=DRAWS,
            chains=CHAINS,
            cores=CORES,
            seed=SEED,
            progress_bar=False,
        )
        return {"draws": tree}

    return run


def numpyro_nuts(case: Case) -> Run:
    """Return draws of NumPyro's NUTS, with doubles and a device for each chain."""
    numpyro = library("numpyro")
    numpyro.set_platform("cpu")
    numpyro.set_host_device_count(CHAINS)
    numpyro.enable_x64()
    jax, d = library("jax"), library("numpyro.distributions")
    infer = library("numpyro.infer")

    def program(X: Any, y: Any) -> None:
        noise_sd = numpyro.sample("noise_sd", d.HalfNormal(NOISE_SCALE))
        prior_sd = numpyro.sample("prior_sd", d.HalfCauchy(PRIOR_SCALE))
        flat = d.ImproperUniform(d.constraints.real, (), ())
        intercept = numpyro.sample("intercept", flat)
        shape = (X.shape[1],)
        coef = numpyro.sample("coef", d.Normal(0.0, prior_sd).expand(shape).to_event(1))
        numpyro.sample("y", d.Normal(intercept + X @ coef, noise_sd), obs=y)

    sampler = infer.MCMC(
        infer.NUTS(program),
        num_warmup=DRAWS,
        num_samples=DRAWS,
        num_chains=CHAINS,
        chain_method="parallel",
        progress_bar=False,
    )

    def run() -> Answer:
        sampler.run(jax.random.key(SEED), case.X, case.y)
        found = sampler.get_samples(group_by_chain=True)
        return {"draws": {name: jax.device_get(found[name]) for name in found}}

    return run


NUTS = (
    Contender(f"{OURS}: `fit_mcmc`", "draws of NUTS", ours_nuts),
    Contender(
        f"{OURS}: `fit_exact(...).to_datatree()`",
        "independent draws",
        ours_draws,
    ),
    Contender("PyMC: `sample(nuts_sampler='pymc')`", "draws of NUTS", pymc_nuts),
    Contender("nutpie: compiled PyMC", "draws of NUTS", nutpie_nuts),
    Contender("NumPyro: `MCMC(NUTS(...))`", "draws of NUTS", numpyro_nuts),
)
