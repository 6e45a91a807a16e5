"""Attached files: brought in pieces, read when they are whole."""
