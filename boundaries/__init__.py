"""Plain geometry: arcs, nodes, faces, edits, coverage checks, CRS, area and files; no database, no web."""
