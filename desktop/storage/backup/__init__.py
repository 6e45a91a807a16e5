"""Backups of a desk: one encrypted file, checked after it is written, put back whole or not."""
