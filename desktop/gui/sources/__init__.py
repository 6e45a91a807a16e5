"""The sources on the screen: the state of each one, and the cost of its link."""
