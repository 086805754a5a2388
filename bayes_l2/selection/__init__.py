"""Choose the penalty: every criterion along a path of penalties."""
