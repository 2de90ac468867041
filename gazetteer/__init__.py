"""The register: divisions, codes, names, history, requests, approval, imports, exports, releases; no web."""
