"""County Desk (县域指挥台): one calm pane over a county's systems."""
