"""The model as a PyMC program."""
