"""One package per kind of backend; all network access goes through the `http` package."""
