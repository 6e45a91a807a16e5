"""What can be set in a profile, and the file it is kept in, read and written by a window."""
