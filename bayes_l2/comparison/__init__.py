"""Comparisons: of what every one of them holds, with an exact posterior to hold against, and without one."""
