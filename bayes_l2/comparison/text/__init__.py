"""Comparisons as text: numbers, tables that fit a width, and the verdict."""
