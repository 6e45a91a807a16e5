"""Every screen of the program and how one gets there: for the self-test, and for pictures."""
