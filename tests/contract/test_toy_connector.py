"""A new kind of source is its folder, an example and its name in two lists."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import test_connectors_contract as every_kind
from desktop import connectors
from desktop.__main__ import main
from desktop.connectors.kinds import our_kinds
from support.checkout import ROOT
from support.kind_lists import kinds_in_example, kinds_in_readme, with_kind
from support.servers import Asked, Said, ScriptedServer

PACKAGE = '''
"""Rain gauges, as a table over HTTP."""

from desktop.application.ports import Manifest, Setting
from desktop.domain.command import Collection
from desktop.domain.localized_text import Text

MANIFEST = Manifest(
    kind="toy_gauges",
    title=Text("雨量站", "Rain gauges"),
    fills=frozenset({Collection.ASSETS}),
    accepts=frozenset(),
    settings=(
        Setting("table_url", "url", Text("表格地址", "Address of the table"), required=True),
        Setting("unit", "text", Text("单位", "Unit"), default="mm"),
    ),
    expected_period_s=60.0,
)


def build(settings, services):
    """A connector for one table."""
    from desktop.connectors.toy_gauges.client import ToyGauges

    return ToyGauges(settings, services)
'''

CLIENT = """
import csv
import json

from desktop.application.ports import SourceError
from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.validators import validators_of
from desktop.connectors.shared.aside import Aside
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.connectors.toy_gauges import MANIFEST
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection
from desktop.domain.command import CommandState
from desktop.domain.source import Batch, CommandResult, ProbeResult, Problem, UnreadableItem
from desktop.domain.localized_text import Text

HEAD = ["id", "name", "value"]


class ToyGauges(ReadOnlySource):
    def __init__(self, settings, services):
        super().__init__(settings, MANIFEST, services)
        self._http = self.new_client(settings.address)

    def probe(self):
        rows = self._rows(self._ask({}), Aside())
        return ProbeResult("Gauges 1", MANIFEST.fills, {Collection.ASSETS: len(rows)})

    def pull(self, state, plan=None):
        address, known = json.loads(state.token or '["", {}]')
        reply = self._ask(known if address == self.settings.address else {})
        if reply.status == 304:
            yield Batch(self.settings.id)
            return
        aside = Aside()
        rows = self._rows(reply, aside)
        bad, more = aside.told
        yield Batch(
            self.settings.id,
            puts=rows,
            complete=MANIFEST.fills,
            token=json.dumps([self.settings.address, validators_of(reply.headers)]),
            bad_items=bad,
            more_bad=more,
        )

    def send(self, records):
        reason = Text("雨量站不收指令", "Gauges take no commands")
        return [CommandResult(each.command.key, CommandState.REJECTED, reason) for each in records]

    def clock_offset_ms(self):
        return self._http.offset_ms

    def _ask(self, known):
        return self._http.get("", accept="text/csv", headers=known, expect=(200, 304))

    def _rows(self, reply, aside):
        table = list(csv.reader(reply.body.decode("utf-8", "replace").splitlines()))
        if table[:1] != [HEAD]:
            raise SourceError(
                Problem("not_understood", {"address": reply.url, "reason": "", "excerpt": ""})
            )
        rows = []
        for number, cells in enumerate(table[1:]):
            try:
                id, name, value = cells
                rows.append(self._gauge(id, name, float(value)))
            except ValueError:
                id = cells[0] if cells else ""
                where, reason = id or f"$.rows[{number}]", f"{cells[-1:]} is no number"
                item = (Collection.ASSETS, where, reason, excerpt(",".join(cells)))
                aside.add(UnreadableItem(*item, id=id))
        return tuple(rows)

    def _gauge(self, id, name, value):
        state, unit = AssetState.NORMAL, str(self.settings.values["unit"])
        words = (self.settings.id, id, Text(name), "gauge", state, "")
        return Asset(*words, value=value, unit=unit)
"""

EXAMPLE = """
[[source]]
id = "gauges"
kind = "toy_gauges"
title = { zh = "雨量站", en = "Rain gauges" }
table_url = "http://127.0.0.1:8900/gauges.csv"
unit = "mm"
"""

TABLE = "id,name,value\ng1,蓝桥站,12.5\ng2,水口站,0.0\ng3,石坝站,much\n".encode()
HALF = "id,name,value\ng1,蓝桥站,13.5\ng3,石坝站,2.0\n".encode()


def only_the_table(asked: Asked) -> Said:
    """What a server says that keeps one file and knows when it has changed."""
    if asked.headers.get("if-none-match") == '"1"':
        return Said(b"", 304)
    return Said(TABLE, headers={"Content-Type": "text/csv", "ETag": '"1"'})


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout in which a contributor has added the toy; what he wrote is all there is in it."""
    example = tmp_path / "resources" / "profiles" / "example.toml"
    folder = tmp_path / "desktop" / "connectors" / "toy_gauges"
    for place in (example.parent, folder):
        place.mkdir(parents=True)
    for name, text in (("__init__", PACKAGE), ("client", CLIENT)):
        (folder / f"{name}.py").write_text(text.lstrip(), encoding="utf-8")
    ours = (ROOT / "resources" / "profiles" / "example.toml").read_text(encoding="utf-8")
    example.write_text(with_kind(ours, "toy_gauges") + EXAMPLE, encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(with_kind(readme, "toy_gauges"), encoding="utf-8")
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(folder.parent)])
    monkeypatch.setattr(every_kind, "EXAMPLE", example)
    yield tmp_path
    for name in [name for name in sys.modules if "toy_gauges" in name]:
        del sys.modules[name]
    vars(connectors).pop("toy_gauges", None)


def test_a_new_kind_of_source_touches_three_places(checkout: Path):
    written = {path.relative_to(checkout) for path in checkout.rglob("*") if path.is_file()}
    folder, example = Path("desktop/connectors/toy_gauges"), Path("resources/profiles/example.toml")
    places = {folder if folder in path.parents else path for path in written}
    assert places == {folder, example, Path("README.md")}
    assert "toy_gauges" in our_kinds()
    assert kinds_in_example((checkout / example).read_text("utf-8")) == set(our_kinds())
    assert kinds_in_readme((checkout / "README.md").read_text("utf-8")) == set(our_kinds())


def test_a_new_kind_of_source_is_held_to_what_holds_for_every_kind(checkout: Path):
    kind = "toy_gauges"
    every_kind.test_the_folder_is_the_kind_and_the_package_gives_its_manifest(kind)
    every_kind.test_title_and_settings_have_words_in_both_languages(kind)
    every_kind.test_commands_accepted_are_on_collections_filled(kind)
    every_kind.test_the_example_profile_sets_up_every_kind(kind)
    every_kind.test_probing_a_dead_port_says_that_it_refuses(kind)
    for code, answer in every_kind.WRONG:
        every_kind.test_a_wrong_answer_gives_words_and_no_rows(kind, code, answer)
    every_kind.test_close_ends_a_waiting_pull_from_another_thread(kind)
    every_kind.test_close_ends_a_wait_for_a_hint(kind)


def test_a_new_kind_of_source_is_probed_synced_and_listed(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with ScriptedServer({"/gauges.csv": only_the_table}) as server:
        profile = tmp_path / "gauges.toml"
        lines = EXAMPLE.replace("http://127.0.0.1:8900", server.url) + 'login = "none"\n'
        profile.write_text('[desk]\nname = "toy"\n' + lines, encoding="utf-8")
        asked = ["--profile", str(profile), "--lang", "en"]
        kept = ["--profile-dir", str(tmp_path / "desk"), "--key", "file"]
        assert main(["probe", *asked]) == 0
        assert "Gauges 1" in capsys.readouterr().out
        assert main(["sync", "--once", *asked, *kept]) == 3
        assert "['much'] is no number" in capsys.readouterr().out
        assert main(["sync", "--once", *asked, *kept]) == 3
        assert "['much'] is no number" in capsys.readouterr().out
        assert server.asked[-1].headers["if-none-match"] == '"1"'
        server.answers["/gauges.csv"] = Said(HALF)
        assert main(["sync", "--once", *asked, *kept]) == 0
    capsys.readouterr()
    assert main(["list", "assets", "--offline", *asked, *kept]) == 0
    listed = capsys.readouterr().out
    assert "蓝桥站" in listed
    assert "13.5" in listed
    assert "石坝站" in listed
    assert "水口站" not in listed
