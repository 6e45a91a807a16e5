"""The key that opens a folder, and the login tokens of sources."""
