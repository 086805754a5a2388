"""The least-squares problem of prior and rows, solved to enough digits."""
