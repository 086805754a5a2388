"""Rows that stay in their partitions, under a likelihood that needs them all."""
