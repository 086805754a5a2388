"""The exact posterior: a module for each shape, with the same methods in each."""
