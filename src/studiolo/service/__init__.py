"""One use case per file; what the edge asks for and nothing of how it is spoken."""
