"""County Desk (县域指挥台): one calm pane over a county's systems."""

VERSION = "0.1.0"
