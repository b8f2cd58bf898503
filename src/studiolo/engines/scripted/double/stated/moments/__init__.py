"""Days and times as people tell them."""
