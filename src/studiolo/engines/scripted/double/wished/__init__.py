"""Forms of an answer that a question may wish for."""
