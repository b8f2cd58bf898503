"""How one choice is written: its draws, its thought, its calls, its JSON."""
