"""What survives a restart, in SQL."""
