"""The records of the conventions, by the kind of library."""
