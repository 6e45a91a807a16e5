"""Loading a county's own files: JSON of level 1, CSV and workbooks, checked and then served."""

from desktop.county_server.load.age import Aged
from desktop.county_server.load.folder import Loaded, State, load, state, takes_commands
from desktop.county_server.load.told import MOST_TOLD, LoadError

__all__ = ["MOST_TOLD", "Aged", "LoadError", "Loaded", "State", "load", "state", "takes_commands"]
