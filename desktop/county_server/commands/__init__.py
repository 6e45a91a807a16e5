"""Commands from desks: who may give them, when they count as given, and their doing."""
