"""Qt models: caches of immutable snapshots."""
