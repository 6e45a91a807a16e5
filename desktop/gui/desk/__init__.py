"""The desk: the duty officer's window."""
