"""Foreign models: weights that bring a chat template of their own."""
