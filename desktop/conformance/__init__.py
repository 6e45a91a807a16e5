"""The conformance check: every rule of the API, tried on a server from outside, with its verdict.

Stricter than a desk, which reads what is safe to read: here the published document counts.
"""
