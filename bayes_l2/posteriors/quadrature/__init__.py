"""Integrals over unknown scales."""
