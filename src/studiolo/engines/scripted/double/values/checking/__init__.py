"""What a schema must be before values are made for it."""
