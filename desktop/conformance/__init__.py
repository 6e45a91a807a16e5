"""What a county's server is held to: every rule of the API, tried from outside and told by name.

Stricter than a desk, which reads what is safe to read: here the published document counts.
"""
