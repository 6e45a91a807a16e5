"""What officers ask for, until it is on its way."""
