"""The native DashScope dialect."""
