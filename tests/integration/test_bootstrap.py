"""How a profile becomes connectors."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.application.ports import StoreError
from desktop.application.profile_reader import parse_profile
from desktop.connectors.kinds import Manifests
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection
from desktop.storage.keys import login_tokens
from support.builders import FakeClock

PROFILE = """\
[[source]]
id = "machines"
kind = "prometheus"
url = "http://127.0.0.1:9"
"""


def fills(text: str) -> frozenset[Collection]:
    profile = parse_profile(text, "desk.toml", Manifests())
    (source,) = bootstrap.sources(profile, CorrectedClock(FakeClock()))
    return source.manifest.fills


def test_a_source_without_the_part_that_knows_alarms_does_not_claim_to_fill_them():
    assert Collection.ALARMS not in fills(PROFILE)
    assert Collection.ALARMS in fills(PROFILE + 'alertmanager_url = "http://127.0.0.1:9"\n')


def test_a_desk_with_a_damaged_outbox_says_where_its_rescue_is_and_leaves_nothing_open(
    tmp_path: Path,
):
    key, words = bytes(range(32)), bootstrap.words_in("en")
    profile = parse_profile(PROFILE, "desk.toml", Manifests())
    bootstrap.Desk(profile, tmp_path, key, words, []).close()
    path, handlers = tmp_path / "outbox.db", list(logging.getLogger().handlers)
    path.write_bytes(b"\xa5" * 4096 + path.read_bytes()[4096:])
    with pytest.raises(StoreError) as caught:
        bootstrap.Desk(profile, tmp_path, key, words, [])
    assert caught.value.problem.code == "outbox_damaged"
    assert Path(caught.value.problem.details["rescue"]).is_file()
    assert logging.getLogger().handlers == handlers


def test_a_desk_knows_that_the_keyring_asks_for_the_password_of_its_logins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    profile = parse_profile(PROFILE, "desk.toml", Manifests())
    with closing(
        bootstrap.Desk(profile, tmp_path, bytes(range(32)), bootstrap.words_in("en"), [])
    ) as desk:
        assert not desk.board.asks_keyring()
        monkeypatch.setattr(login_tokens, "is_asking", lambda: True)
        assert desk.board.asks_keyring()
