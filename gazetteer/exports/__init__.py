"""The register into files."""
