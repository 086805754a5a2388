"""The records, by the kind of library."""
