"""What connectors of several kinds have in common."""
