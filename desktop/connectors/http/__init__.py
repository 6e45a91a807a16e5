"""HTTP to one source: `client` sends; the libraries under it are loaded with the first request."""
