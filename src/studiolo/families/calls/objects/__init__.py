"""The parts of a call that is JSON."""
