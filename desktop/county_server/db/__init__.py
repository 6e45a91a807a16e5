"""The county's rows in one SQLite file, with its command log, epochs and backups."""
