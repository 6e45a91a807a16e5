"""A fictional county and the evenings it lives through, fed into `county_server`."""
