"""What only a double does: it remembers what it was asked, and plays what was recorded."""
