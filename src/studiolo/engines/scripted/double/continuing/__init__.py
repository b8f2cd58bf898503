"""What follows a text that was begun, and what stands between its two ends."""
