"""The encrypted cache: the sources' rows, and how far each source has come."""
