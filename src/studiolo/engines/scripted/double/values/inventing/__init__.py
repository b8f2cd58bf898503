"""Samples: values that nobody states, where a question asks for some to be made up."""
