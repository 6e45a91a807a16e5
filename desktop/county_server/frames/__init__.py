"""Commands that come as frames, over a serial line or a gateway, done as those of the network."""
