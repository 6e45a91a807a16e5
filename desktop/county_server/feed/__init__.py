"""The changes since a token, at both levels."""
