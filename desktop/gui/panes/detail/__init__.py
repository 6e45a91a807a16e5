"""One incident in full, and what may be done to it."""
