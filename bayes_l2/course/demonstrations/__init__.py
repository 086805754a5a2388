"""Demonstrations: functions that measure a claim of the course and return numbers."""
