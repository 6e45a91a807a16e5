"""The encrypted cache and outbox, and the key that opens them."""
