"""The user interface; only this package imports Qt."""
