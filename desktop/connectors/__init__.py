"""One package per kind of backend; `http.py` is the only door to the network."""
