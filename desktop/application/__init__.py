"""What the product does: sync, outbox, freshness and the board that screens ask."""
