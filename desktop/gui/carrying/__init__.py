"""Reports on their way without a network: read aloud, taken down, as texts and as codes."""
