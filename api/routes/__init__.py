"""The routes, one file for the first part of the path: parse, one call, serialise."""
