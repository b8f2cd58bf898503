"""Values that satisfy a JSON schema."""
