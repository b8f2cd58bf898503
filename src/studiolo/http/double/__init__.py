"""What only a double serves: its rules, the requests it got, and recordings."""
