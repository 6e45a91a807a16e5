"""The directory of contacts and plans as screens show it, print it and find it."""
