"""The list of incidents, most urgent first."""
