"""Commands on the screen: submitted off the GUI thread, and described in words."""
