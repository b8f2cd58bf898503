"""What a file is a picture or a video of, found out in a process that may be killed."""
