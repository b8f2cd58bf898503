"""What a text states: facts, names and lists, and which of them a parameter means."""
