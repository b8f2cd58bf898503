"""Pictures and videos of callers: fetched, decoded, and told as what they are."""
