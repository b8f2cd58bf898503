"""What every engine keeps of a schema, and the words in which it does."""
