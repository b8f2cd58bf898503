"""API keys and callers as pure decisions: no clock, no randomness, no storage."""
