"""收发: what has been sent and what has not, in plain words, and what goes next."""
