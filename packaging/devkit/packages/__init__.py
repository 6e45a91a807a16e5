"""The packages an office installs, and how each is built; `proofs` are beside them."""
