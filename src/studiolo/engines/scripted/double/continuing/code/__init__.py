"""Gaps in code and data: what a kind of code is made of, and what may stand in it."""
