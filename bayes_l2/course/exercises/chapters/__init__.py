"""The exercises, one module for each chapter of the course."""
