"""Answers in JSON: what they are made of, and how they are put together."""
