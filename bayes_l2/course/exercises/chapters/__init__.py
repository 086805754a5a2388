"""The exercises, a chapter a module."""
