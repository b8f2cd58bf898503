"""Patterns of JSON schemas: read as ECMA-262 has them, and written as engines read them."""
