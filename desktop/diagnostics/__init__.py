"""Logs that name no person, crash notes and self-checks."""
