"""Reads: each function one question, with its SQL."""
