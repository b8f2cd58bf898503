"""The process of the embedded engine: what it is told, who watches it, and what runs in it."""
