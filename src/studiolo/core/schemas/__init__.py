"""JSON schemas: whether they can be kept, the grammar that keeps them, and whether they were."""
