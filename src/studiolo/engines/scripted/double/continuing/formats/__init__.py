"""Texts with a gap that are no programs: data, markup, queries, scripts, recipes, tables."""
