"""Warnings (预警) in force."""
