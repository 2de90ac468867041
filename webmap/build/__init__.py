"""From a snapshot to the artefacts of a release: tiles, packages, metadata and the share page."""
