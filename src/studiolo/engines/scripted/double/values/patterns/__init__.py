"""Patterns of callers: read, looked for in texts, and texts written that they are found in."""
