"""HTTP/1.1 as the client of an engine."""
