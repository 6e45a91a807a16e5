"""What an office hands to whoever maintains its desk: nothing of the county, nothing of persons."""
