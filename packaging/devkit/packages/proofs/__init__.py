"""How each package is proved to work where an office would use it."""
