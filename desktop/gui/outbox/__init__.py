"""The outbox on the screen: its table, its sheet and the sheet of conflicts."""
