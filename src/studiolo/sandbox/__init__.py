"""Work on what callers sent, done in a process that may take so much and is then killed."""
