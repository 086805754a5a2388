"""From the options of a command to data and a model."""
