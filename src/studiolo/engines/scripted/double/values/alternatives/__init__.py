"""The alternatives of a schema: laid flat, one of several taken, and what `not` leaves."""
