"""How fast the server is, measured against the bars it holds itself to."""
