"""The stretches of a text that say what it is about: names, lists, and what is to be told."""
