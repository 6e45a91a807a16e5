"""What a township office reads of the board: its assignments, its news, its plan of sending."""
