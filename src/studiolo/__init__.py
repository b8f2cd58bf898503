"""Studiolo: a self-hosted Model Studio."""
