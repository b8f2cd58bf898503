"""The native DashScope dialect (reference/03)."""
