"""Puts everything together: settings in, a running server out."""
