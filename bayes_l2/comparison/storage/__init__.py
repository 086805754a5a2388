"""The files of comparisons."""
