"""A scene of the explorer in a report: the two strongest columns of its model."""
