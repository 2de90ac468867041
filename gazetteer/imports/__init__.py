"""Files into the register: read, understand, check, compare, confirm."""
