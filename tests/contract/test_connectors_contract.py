"""What holds for a connector of every kind."""

from __future__ import annotations

import importlib
import threading
import tomllib
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.kinds import Manifests, kind_named, our_kinds
from desktop.domain.command import Collection, CommandKind, CommandState
from desktop.domain.source import SyncState
from support.real_prometheus import free_ports
from support.servers import PORTAL, Said, ScriptedServer
from support.sources import connect, pull_all, record, services

ROOT = Path(__file__).parents[2]
PROBLEMS = tomllib.loads((ROOT / "resources/i18n/problems.toml").read_text("utf-8"))
EXAMPLE = ROOT / "resources/profiles/example.toml"
ALL = pytest.mark.parametrize("kind", our_kinds())


def test_every_folder_with_a_manifest_is_tried_here_and_known_to_profiles():
    packages = (ROOT / "desktop/connectors").glob("*/__init__.py")
    folders = [path.parent.name for path in packages if "\nMANIFEST = " in path.read_text("utf-8")]
    assert sorted(folders) == sorted(our_kinds())
    assert set(our_kinds()) <= set(Manifests())


def takes_none_on_lines(kind: str) -> bool:
    """Whether a kind of source has no lines of the map that a command could be on."""
    return Collection.LINES not in kind_named(kind).MANIFEST.fills


@ALL
def test_the_folder_is_the_kind_and_the_package_gives_its_manifest(kind: str):
    package = importlib.import_module(f"desktop.connectors.{kind}")
    assert package.MANIFEST.kind == kind
    assert package.MANIFEST.expected_period_s > 0
    assert package.MANIFEST.fills


@ALL
def test_title_and_settings_have_words_in_both_languages(kind: str):
    manifest = kind_named(kind).MANIFEST
    for text in (manifest.title, *(setting.title for setting in manifest.settings)):
        assert text.zh
        assert text.en
    for setting in manifest.settings:
        assert setting.type in (
            "text",
            "url",
            "file",
            "urls",
            "number",
            "flag",
            "texts",
            "hosts",
            "fingerprint",
        )
        assert setting.required or setting.default is not None


@ALL
def test_commands_accepted_are_on_collections_filled(kind: str):
    manifest = kind_named(kind).MANIFEST
    for collection, command in manifest.accepts:
        assert collection in manifest.fills
        assert command in CommandKind


@ALL
def test_the_example_profile_sets_up_every_kind(kind: str):
    profile = bootstrap.load_profile(EXAMPLE)
    (settings,) = [source for source in profile.sources if source.kind == kind]
    written = EXAMPLE.read_text("utf-8")
    for setting in kind_named(kind).MANIFEST.settings:
        assert f"\n{setting.name} = " in written
    connector = kind_named(kind).build(settings, services())
    connector.close()


@ALL
def test_probing_a_dead_port_says_that_it_refuses(kind: str):
    connector = connect(kind, f"http://127.0.0.1:{free_ports(1)[0]}")
    with pytest.raises(SourceError) as caught:
        connector.probe()
    connector.close()
    assert caught.value.problem.code == "refused"


WRONG: list[tuple[str, Said]] = [
    ("captive_portal", PORTAL),
    ("captive_portal", Said(status=302, headers={"Location": "http://login.invalid/"})),
    ("not_understood", Said(b"garbage")),
    ("not_understood", Said(b"\x00\xff\xfe")),
    ("login_missing", Said(status=401)),
    ("server_busy", Said(status=503, headers={"Retry-After": "9"})),
    ("cut_short", Said(b"x" * 400, cut=200)),
]


@ALL
@pytest.mark.parametrize("code, answer", WRONG)
def test_a_wrong_answer_gives_words_and_no_rows(kind: str, code: str, answer: Said):
    with ScriptedServer({"*": answer}) as server:
        connector = connect(kind, server.url)
        for ask in (connector.probe, lambda: pull_all(connector)):
            with pytest.raises(SourceError) as caught:
                ask()
            assert caught.value.problem.code == code
            assert code in PROBLEMS
        connector.close()


@ALL
def test_close_ends_a_waiting_pull_from_another_thread(kind: str):
    with ScriptedServer({"*": Said(b"x", stall=True, length=False)}) as server:
        connector = connect(kind, server.url)
        ended = threading.Event()

        def wait() -> None:
            with pytest.raises(Cancelled):
                pull_all(connector, SyncState(kind))
            ended.set()

        thread = threading.Thread(target=wait)
        thread.start()
        assert server.waiting.wait(10)
        connector.close()
        assert ended.wait(0.5)
        thread.join()
        connector.close()


@ALL
def test_close_ends_a_wait_for_a_hint(kind: str):
    with ScriptedServer({"*": Said(b":\n", stall=True, length=False)}) as server:
        connector = connect(kind, server.url)
        heard: list[bool] = []
        thread = threading.Thread(target=lambda: heard.append(connector.wait_for_hint(60)))
        thread.start()
        connector.close()
        thread.join(0.5)
        assert not thread.is_alive()
        assert heard == [False]


@ALL
def test_without_a_hint_the_wait_ends_with_its_time(kind: str):
    with ScriptedServer() as server:
        connector = connect(kind, server.url)
        assert connector.wait_for_hint(0.05) is False
        connector.close()


@pytest.mark.parametrize("kind", [kind for kind in our_kinds() if takes_none_on_lines(kind)])
def test_a_command_never_accepted_is_refused_with_words_and_nothing_is_sent(kind: str):
    with ScriptedServer() as server:
        connector = connect(kind, server.url)
        odd = record(1, "x", collection=Collection.LINES, kind=CommandKind.NOTE, source=kind)
        (answer,) = connector.send([odd])
        connector.close()
        assert (answer.key, answer.state) == (odd.command.key, CommandState.REJECTED)
        assert answer.reason.zh
        assert answer.reason.en
        assert not server.asked
