"""What `dev.py` is made of: standard library only, so it runs before anything is installed."""
