"""The last layer of a torch network: laplace-torch against the exact posterior."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, fit_exact, likelihoods, priors

torch: Any = import_module("torch")
nn = torch.nn
Laplace: Any = import_module("laplace").Laplace
torch.set_num_threads(1)
RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, (50, 2))
Y = np.sin(2 * X[:, 0]) + X[:, 1] + 0.3 * RNG.standard_normal(50)
NOISE_SD, PRECISION = 0.3, 2.0


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    """Make double precision the default of torch.

    laplace-torch's default backend sums its Hessian in torch's default type, even where
    the network has another one.
    """
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def trained() -> Any:
    """Return a network that is trained with the decay of its last layer, to the end."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    rows, goal = torch.tensor(X), torch.tensor(Y[:, np.newaxis])
    trainer = torch.optim.LBFGS(
        network.parameters(),
        max_iter=2000,
        tolerance_grad=1e-9,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Any:
        trainer.zero_grad()
        squares = ((network(rows) - goal) ** 2).sum() / NOISE_SD**2
        squares = squares + PRECISION * sum((w**2).sum() for w in network.parameters())
        (squares / 2).backward()
        return squares / 2

    trainer.step(loss)
    return network


def test_laplace_torch_finds_the_exact_posterior_of_the_last_layer() -> None:
    network = trained()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y[:, np.newaxis])),
        batch_size=20,
    )
    theirs = Laplace(
        network,
        "regression",
        subset_of_weights="last_layer",
        hessian_structure="full",
        sigma_noise=NOISE_SD,
        prior_precision=PRECISION,
    )
    theirs.fit(loader)

    with torch.no_grad():
        hidden = network[:2](torch.tensor(X)).numpy()
    # the bias has the same prior as the weights, so it is the weight of a column of 1
    columns = np.column_stack([hidden, np.ones(len(X))])
    model = LinearModel(
        columns,
        Y,
        likelihood=likelihoods.Normal(NOISE_SD),
        prior=priors.Normal(PRECISION**-0.5),
        intercept=False,
    )
    exact = fit_exact(model)
    scale = np.outer(exact.sd, exact.sd)
    cov = theirs.posterior_covariance.numpy()
    assert np.max(np.abs(cov - exact.cov) / scale) < 1e-11
    # the mean of theirs is where training stopped
    mean = theirs.mean.numpy()
    assert np.max(np.abs(mean - exact.mean) / exact.sd) < 1e-4

    new = RNG.uniform(-2, 2, (7, 2))
    function, variance = theirs(torch.tensor(new))
    with torch.no_grad():
        seen = np.column_stack([network[:2](torch.tensor(new)).numpy(), np.ones(7)])
    expected = np.einsum("ij,jk,ik->i", seen, exact.cov, seen)
    np.testing.assert_allclose(variance.detach().numpy().ravel(), expected, rtol=1e-11)
    off = np.abs(function.detach().numpy().ravel() - seen @ exact.mean)
    assert np.max(off / np.sqrt(expected)) < 1e-4

    doubled = theirs.posterior_precision.numpy() + PRECISION * np.eye(7)
    assert np.max(np.abs(np.linalg.inv(doubled) - exact.cov) / scale) > 0.01
