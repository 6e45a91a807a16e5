"""Attached files by their content, in an encrypted file of their own."""
