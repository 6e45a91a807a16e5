"""How much a line carries, and what a day may cost."""
