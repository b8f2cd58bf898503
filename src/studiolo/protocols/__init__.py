"""Wire to core and back: one folder for each dialect, and what all dialects share beside them."""
