"""Courier bundles at the desk: what goes onto a stick, and what a receipt brings back."""
