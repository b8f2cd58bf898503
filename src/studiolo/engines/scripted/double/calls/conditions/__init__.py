"""What is to be done only where something is so: where it stands, and whether it is so."""
