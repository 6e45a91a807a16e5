"""Checks of this computer and of what the desk keeps and reaches, each ending in one line."""
