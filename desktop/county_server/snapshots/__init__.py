"""Snapshots: all the rows that an account may see, as files made once for many readers."""
