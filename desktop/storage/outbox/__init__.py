"""The outbox's own encrypted file: commands, their order and their recovery."""
