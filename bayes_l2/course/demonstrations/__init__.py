"""Demonstrations: each a function that returns what it measured."""
