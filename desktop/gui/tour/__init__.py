"""The guided first ten minutes on the fictional county, in a pane at the side."""
