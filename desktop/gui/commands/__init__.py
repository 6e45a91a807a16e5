"""Commands on the screen: given off the GUI thread, and put into words."""
