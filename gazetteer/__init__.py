"""The register: divisions, codes, names, history, change requests, approval, imports, exports, releases; no web."""
