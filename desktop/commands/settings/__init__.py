"""A profile as it is set: its file, the window that edits it, and what its county adds."""
