"""Rules that steer the double: which requests get which answers and faults."""
