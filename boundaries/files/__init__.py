"""Vector files: safe unpacking, encoding, coordinate system, fields, reading and writing of shapefiles."""
