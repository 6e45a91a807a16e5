"""Courier bundles at the county: who may send them, and what is done with what they bring."""
