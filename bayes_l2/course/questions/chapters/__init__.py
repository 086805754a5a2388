"""The questions, a module for each kind."""
