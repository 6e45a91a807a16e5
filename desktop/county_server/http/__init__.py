"""The county API over HTTP: routes, connections, who may come in."""
