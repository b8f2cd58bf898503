"""What sentences say that things are to each other: who works where, who wrote what."""
