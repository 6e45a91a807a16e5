"""The alarm strip and the sheet of all alarms."""
