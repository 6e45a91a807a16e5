"""What `county-desk COMMAND` does, one module per family; no Qt below `screen`."""
