"""Ways to the county without a network or a stick: the telephone, short messages, QR codes."""
