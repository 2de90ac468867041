"""Thin Flask shell: parse, call one operation or query, serialise."""
