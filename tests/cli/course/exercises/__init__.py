"""Tests of the commands of the exercises."""
