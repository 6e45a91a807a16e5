"""What changed since a token, at both levels."""
