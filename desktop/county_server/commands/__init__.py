"""Commands from desks: who may submit them, when they count as given, and their execution."""
