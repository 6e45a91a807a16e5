"""The doctor's findings on the screen, and the support bundle."""
