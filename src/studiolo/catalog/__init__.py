"""Which models exist: their names, limits, defaults and flags, and who serves them."""
