"""The help: its window, and which page belongs to what has the keyboard."""
