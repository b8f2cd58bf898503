"""Engines: prompt in, chunks out. One folder for each, one suite that all of them pass."""
