"""Code that connectors of several kinds share."""
