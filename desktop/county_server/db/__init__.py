"""The county's rows in one SQLite file, its command log, its life and its backups."""
