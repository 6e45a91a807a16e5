"""Attached files: uploaded in pieces, read when they are complete."""
