"""Hints and derivations of the exercises, one module for each chapter of the course."""
