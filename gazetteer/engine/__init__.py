"""The register as a value: a change is worked out in memory, with no database, and only then written."""
