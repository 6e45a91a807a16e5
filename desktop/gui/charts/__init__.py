"""Sparklines and trend charts; a gap in the readings stays a gap."""
