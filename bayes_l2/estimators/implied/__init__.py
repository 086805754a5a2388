"""The model whose MAP a fitted estimator is."""
