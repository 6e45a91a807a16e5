"""The panes of the desk, one folder each; the registry names them."""
