"""The choice of the penalty: a path of penalties, and criteria on it."""
