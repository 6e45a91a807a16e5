"""Photos on their way to a county: shrunk for the line, and stripped of what nobody asked for."""
