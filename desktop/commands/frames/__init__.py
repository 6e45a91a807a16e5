"""Commands as frames over a thin line, for the command line and the screens."""
