"""Text is enlarged with all around it, on top of the system's scale, and once only."""

from __future__ import annotations

import pytest

from desktop.application.profile_reader import parse_profile
from desktop.commands.text_size import SCALE, SYSTEMS, enlarge
from desktop.connectors.kinds import Manifests

PROFILE = '[desk]\n{}\n[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    made: dict[str, str] = {}
    monkeypatch.setattr("os.environ", made)
    return made


@pytest.mark.parametrize(
    ("systems", "size", "scale"),
    [
        (None, "100", None),
        (None, "200", "2"),
        ("1.25", "200", "2.5"),
        ("1.25", "100", "1.25"),
        ("large", "200", "large"),
    ],
)
def test_text_grows_on_top_of_the_systems_scale_also_when_begun_anew(
    environment: dict[str, str], systems: str | None, size: str, scale: str | None
) -> None:
    if systems is not None:
        environment[SCALE] = systems
    for _start in range(2):
        enlarge(size)
        assert environment.get(SCALE) == scale
    enlarge("100")
    assert environment.get(SCALE, "1") == (systems or "1")
    assert environment[SYSTEMS] == (systems or "1")


def test_a_profile_has_one_of_five_sizes() -> None:
    read = parse_profile(PROFILE.format('text_size = "150"'), "desk.toml", Manifests())
    assert read.text_size == "150"
    assert parse_profile(PROFILE.format(""), "desk.toml", Manifests()).text_size == "100"
    with pytest.raises(Exception, match=r"desk.toml:2: .*100, 125, 150, 175, 200"):
        parse_profile(PROFILE.format('text_size = "300"'), "desk.toml", Manifests())
