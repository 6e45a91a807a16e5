"""The sources on the screen: how each one is, and what its link costs."""
