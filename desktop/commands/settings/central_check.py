"""`county-desk probe --settings FILE`: a county's settings, checked as a desk would take them."""

from __future__ import annotations

from pathlib import Path

from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.profile import Profile
from desktop.application.settings.central import find_central_faults, find_layer_faults, layer_of
from desktop.commands.opening import problem_of
from desktop.commands.options import complain
from desktop.connectors.county.bulletins import to_groups
from desktop.connectors.kinds import Manifests
from desktop.county_server.settings_file import SettingsWrong, read_file
from desktop.domain.bulletin import CentralSettings


def check_central(file: Path, profile: Profile, words: Words) -> int:
    """Print what a desk of this profile has against the file; 0 when it would take it, else 1."""
    try:
        by, groups = read_file(file)
        settings = CentralSettings(1, 0, by, to_groups(groups))
        faults = list(find_central_faults(settings, profile, Manifests()))
        if not faults:
            layer = layer_of(settings, profile.posture, profile.township)
            faults = list(find_layer_faults(profile, layer, Manifests()))
    except SettingsWrong as error:
        faults = error.faults
    except OSError as error:
        complain(str(words.problem(problem_of(error))))
        return 2
    for fault in faults:
        print(plain(words.reason(fault)))
    if not faults:
        print("可以发布。" if words.chinese else "Fit to publish.")
    return int(bool(faults))
