"""Which of the numbers in a text a parameter means, and in which unit."""
