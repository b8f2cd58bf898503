"""Whether schemas can be kept, found out in a process that may be killed."""
