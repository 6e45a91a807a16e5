"""Bars that come when there is something to tell: notices, outages, what can be undone."""
