"""The engine: one worker a source, its exchanges and what they are made of."""
