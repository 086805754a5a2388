"""What a model and its rows say of the coefficients: one shape of posterior a module, each with the same verbs."""
