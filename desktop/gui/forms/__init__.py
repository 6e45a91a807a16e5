"""Forms of commands, which an officer fills in before a command is submitted."""
