"""Commands carried by stick, by codes and by telephone, for the command line and the screens."""
