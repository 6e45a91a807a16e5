"""Forms of commands: what an officer fills in before a command is submitted."""
