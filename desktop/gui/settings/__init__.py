"""The settings window: a profile's entries and sources, each change written to its file at once."""
