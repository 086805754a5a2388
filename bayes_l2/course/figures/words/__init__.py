"""Figures of the course in words, each from the numbers that are drawn."""
