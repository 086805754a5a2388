"""Scikit-learn estimators over the model, and models that estimators imply."""
