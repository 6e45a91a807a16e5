"""What a county publishes, as a desk reads it once its signature fits."""

from __future__ import annotations

import msgspec

from desktop.application.profile_reader import parse_profile
from desktop.application.settings.central import find_central_faults, lay_under, layer_of
from desktop.connectors.county.bulletins import read
from desktop.connectors.kinds import Manifests
from desktop.wire.bulletins import SETTINGS, Bulletins, bytes_to_sign
from desktop.wire.level1 import MAGIC
from hostile import samples
from support.bulletin_vectors import COUNTY, KEYS, SIGNED

MANIFESTS = Manifests()


def read_bulletins(body: bytes) -> None:
    """Read an answer, whoever gave it."""
    read(body, "", COUNTY, KEYS.public.fingerprint)


def read_central_settings(body: bytes) -> None:
    """Read and use settings that are signed, whatever they say: a county may be broken into."""
    text = body.decode("utf-8", "replace")
    signature = KEYS.sign(bytes_to_sign(SETTINGS, COUNTY, text)).hex()
    one = msgspec.structs.replace(SIGNED[0], text=text, signature=signature)
    answer = msgspec.json.encode(Bulletins(MAGIC, COUNTY, (one,)))
    found = read(answer, "", COUNTY, KEYS.public.fingerprint).settings
    assert found is not None
    profile = parse_profile(samples.profile().decode(), "desk.toml", MANIFESTS)
    if not list(find_central_faults(found, profile, MANIFESTS)):
        lay_under(profile, layer_of(found, "desk", ""), MANIFESTS)
