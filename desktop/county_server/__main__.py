"""`python -m desktop.county_server`: the same as `county-server`."""

import sys

from desktop.county_server.command import main

if __name__ == "__main__":
    sys.exit(main())
