"""Forms of commands: what an officer fills in before something is ordered."""
