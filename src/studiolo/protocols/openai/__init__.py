"""The OpenAI-compatible dialect (reference/02)."""
