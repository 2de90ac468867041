"""Writes on an open transaction; nobody here commits."""
