"""A model gives its own quantities to the conversion of its penalty."""

from typing import Any

import numpy as np
import pytest

from bayes_l2 import LinearModel, datasets, likelihoods, penalty_in, priors
from tests.model.partitioned.arrays import ArrayPartitions


class TestOfAModel:
    X, y = datasets.diabetes()

    def model(self, **changes: Any) -> LinearModel:
        stated = {
            "likelihood": likelihoods.Normal(54.0),
            "prior": priors.Normal(20.0),
        } | changes
        return LinearModel(self.X, self.y, **stated)

    def test_it_knows_its_own_quantities(self) -> None:
        model = self.model()
        assert penalty_in(model, "ElasticNet").value == pytest.approx(
            7.29 / 442, rel=1e-14
        )
        assert penalty_in(model, "ElasticNet").assumptions == ("rows have no weights",)
        found = penalty_in(model, "glmnet")
        assert found.value == pytest.approx(7.29 * self.y.std(ddof=0) / 442, rel=1e-12)
        assert found.warnings == ()  # the columns are standardised, and the model knows
        assert penalty_in(model, "pymc").value == pytest.approx(20, rel=1e-14)
        assert penalty_in(model, "mlp-regressor", batch_size=34).value == pytest.approx(
            7.29 / 13, rel=1e-14
        )

    def test_it_knows_its_weights(self) -> None:
        weights = np.arange(1, 443) / 100
        model = self.model(weights=weights)
        assert penalty_in(model, "elastic-net").value == pytest.approx(
            7.29 / weights.sum(), rel=1e-12
        )
        mean = np.average(self.y, weights=weights)
        y_sd = np.sqrt(np.average((self.y - mean) ** 2, weights=weights))
        assert "torch-sgd: row weights are as the loss is written" in " ".join(
            penalty_in(model, "torch-sgd").assumptions
        )
        with pytest.raises(ValueError, match="ard-regression takes no row weights"):
            penalty_in(model, "ard-regression")
        assert penalty_in(model, "spark-unstandardised").value == pytest.approx(
            7.29 * y_sd / weights.sum(), rel=1e-12
        )

    def test_an_unknown_noise_does_not_matter_under_a_prior_relative_to_it(
        self,
    ) -> None:
        noise, prior = (
            likelihoods.Normal(priors.HalfNormal(50)),
            priors.Normal(0.5, relative_to_noise=True),
        )
        model = self.model(likelihood=noise, prior=prior)
        assert penalty_in(model, "elastic-net").value == pytest.approx(
            4 / 442, rel=1e-14
        )
        with pytest.raises(
            ValueError, match="noise_sd, the noise standard deviation, must be given"
        ):
            penalty_in(model, "pymc")

    def test_it_knows_whether_it_has_an_intercept(self) -> None:
        model = self.model(intercept=False)
        assert not penalty_in(model, "torch-sgd").warnings
        with pytest.raises(
            ValueError, match="intercept must be True from ridge to spark"
        ):
            penalty_in(model, "spark-unstandardised")

    def test_a_penalty_without_a_number_is_refused(self) -> None:
        raw = LinearModel(
            self.X * np.arange(1, 11),
            self.y,
            likelihood=likelihoods.Normal(54.0),
            prior=priors.Normal(20.0),
        )
        with pytest.raises(
            ValueError,
            match="cannot express this penalty: it would have to differ between "
            "columns",
        ):
            penalty_in(raw, "glmnet")
        assert penalty_in(raw, "glmnet-unstandardised").value > 0
        with pytest.raises(ValueError, match="batch_size does not belong here"):
            penalty_in(raw, "ridge", batch_size=5)
        with pytest.raises(ValueError, match="penalty needs the prior"):
            penalty_in(self.model(prior=priors.Normal(cov=np.eye(10))), "glmnet")
        assert penalty_in(self.model(prior=priors.Flat()), "elastic-net").value == 0.0

    def test_what_is_no_model_in_memory_is_refused(self) -> None:
        number: Any = 3.0
        with pytest.raises(ValueError, match="model must be a LinearModel, got 3"):
            penalty_in(number, "ridge")
        labels = (self.y > 100).to_numpy()
        read_in_parts = LinearModel.from_partitions(
            ArrayPartitions(self.X.to_numpy(), labels, cuts=[200]),
            likelihood=likelihoods.Bernoulli(),
            prior=priors.Normal(1.0),
        )
        with pytest.raises(ValueError, match="use convert, with n and the sds of col"):
            penalty_in(read_in_parts, "logistic-regression")
