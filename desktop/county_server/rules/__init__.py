"""What each command makes of a row: pure functions, and the words of a rejection."""
