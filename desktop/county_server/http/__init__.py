"""The county API over HTTP: routes, connections and access."""
