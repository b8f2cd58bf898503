"""Weight files: which are known, which lie here, and how they are fetched."""
