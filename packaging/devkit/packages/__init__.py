"""The packages an office installs: how each is built, and how each is proved to work."""
