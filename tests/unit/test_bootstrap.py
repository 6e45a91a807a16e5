"""How a profile becomes connectors."""

from __future__ import annotations

from desktop import bootstrap
from desktop.application.profile import parse_profile
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection
from fakes.builders import FakeClock

PROFILE = """\
[[source]]
id = "machines"
kind = "prometheus"
url = "http://127.0.0.1:9"
"""


def fills(text: str) -> frozenset[Collection]:
    profile = parse_profile(text, "desk.toml", bootstrap.manifests())
    (connector,) = bootstrap.connectors(profile, CorrectedClock(FakeClock()))
    connector.close()
    return connector.manifest.fills


def test_a_source_without_the_part_that_knows_alarms_does_not_claim_to_fill_them():
    assert Collection.ALARMS not in fills(PROFILE)
    assert Collection.ALARMS in fills(PROFILE + 'alertmanager_url = "http://127.0.0.1:9"\n')
