"""Keeping the program itself in order: backups, the log, the monthly report."""
