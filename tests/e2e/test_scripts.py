"""The commands for scripts, run as processes against a real county over real HTTP."""

from __future__ import annotations

import csv
import http.client
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.program import ROOT, County, county_desk, free_port, write_profile
from support.scripted_county import END, HEAD, PAGES, page, session
from support.servers import PORTAL, Asked, Said, ScriptedServer, said_lines

COLLECTIONS = ("incidents", "assets", "queues", "warnings", "alarms")
INCIDENTS = 120
QT = """\
import sys
from desktop.__main__ import main
status = main(sys.argv[1:])
loaded = {name.partition(".")[0] for name in sys.modules}
print("loaded:", sorted(loaded & {"PySide6", "shiboken6", "pyqtgraph", "numpy"}), file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    with County(folder, "--speed", "0", "--incidents", str(INCIDENTS)) as running:
        yield running


class Office:
    """One desk folder with its profile, as a script would keep them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.profile = folder / "desk.toml"
        self.folder = folder / "desk"
        self.turn_to(url)

    def turn_to(self, url: str) -> None:
        """From now on the same source is found at this address."""
        write_profile(self.profile, url)

    def words(self) -> tuple[str, ...]:
        return (
            *("--profile", str(self.profile), "--profile-dir", str(self.folder)),
            *("--key", "file", "--lang", "en"),
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(*words, *self.words())

    def ids(self, *words: str) -> list[str]:
        """Ids of the incidents in the cache."""
        done = self.run("list", "incidents", "--all", "--offline", "--json", *words)
        return sorted(row["id"] for row in json.loads(done.stdout)["rows"])


@pytest.fixture(scope="module")
def synced(county: County, tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("office"), county.url)
    done = office.run("sync", "--once")
    assert done.returncode == 0, done.stderr
    assert "county: ok rows=" in done.stdout
    return office


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_is_listed_as_json_with_its_data_time(synced, collection):
    done = synced.run("list", collection, "--offline", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["collection"] == collection
    assert told["sources"][0]["last_good_at"]
    assert {row["source"] for row in told["rows"]} == {"county"}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_collection_is_listed_as_csv_with_the_same_rows(synced, collection):
    told = json.loads(synced.run("list", collection, "--offline", "--json").stdout)
    done = synced.run("list", collection, "--offline", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.returncode == 0
    assert [row["id"] for row in rows] == [row["id"] for row in told["rows"]]
    assert all(row["data_time"] for row in rows)


def test_the_cache_holds_every_incident_of_the_county(county, synced):
    [(there,)] = county.ask(
        "SELECT count(*) FROM rows WHERE collection = 'incidents' AND body IS NOT NULL"
    )
    assert len(synced.ids()) == there >= INCIDENTS


def test_a_probe_says_what_answers_and_keeps_nothing(county, tmp_path):
    office = Office(tmp_path, county.url)
    done = county_desk("probe", "--profile", office.profile, "--profile-dir", office.folder)
    assert done.returncode == 0
    assert "county: ok county-desk/1" in done.stdout
    assert not office.folder.exists()


def test_a_probe_of_nobody_fails_in_words(tmp_path):
    office = Office(tmp_path, f"http://127.0.0.1:{free_port()}")
    done = office.run("probe")
    assert done.returncode == 1
    assert "county: failed refused" in done.stdout


@pytest.mark.parametrize("words", [("sync", "--once"), ("list", "incidents", "--json")])
def test_no_qt_is_loaded_by_a_command_for_scripts(synced, words):
    done = subprocess.run(
        [sys.executable, "-c", QT, *words, *synced.words()],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "loaded: []"


def test_a_wrong_profile_is_refused_with_the_line(tmp_path):
    file = write_profile(tmp_path / "wrong.toml", "http://127.0.0.1:9")
    wrong = file.read_text().replace('kind = "county"', 'kind = "cuonty"')
    file.write_text(wrong)
    line = 1 + wrong.splitlines().index('kind = "cuonty"')
    done = county_desk("sync", "--once", "--profile", file, "--profile-dir", tmp_path / "desk")
    assert done.returncode == 2
    assert f"wrong.toml:{line}" in done.stderr
    assert "cuonty" in done.stderr


def test_a_source_that_is_down_leaves_the_cached_rows_listed_and_is_named(county, tmp_path):
    office = Office(tmp_path, county.url)
    assert office.run("sync", "--once").returncode == 0
    before = office.ids()
    office.turn_to(f"http://127.0.0.1:{free_port()}")
    done = office.run("sync", "--once")
    assert done.returncode == 1
    assert "county: failed refused last_good=2" in done.stdout
    listed = office.run("list", "incidents", "--all", "--json")
    told = json.loads(listed.stdout)
    assert listed.returncode == 1
    assert sorted(row["id"] for row in told["rows"]) == before
    assert told["sources"][0]["problem"] == "refused"
    assert told["sources"][0]["failing_since"]


def test_a_source_never_seen_is_not_shown_as_a_calm_one(tmp_path):
    office = Office(tmp_path, f"http://127.0.0.1:{free_port()}")
    done = office.run("list", "incidents", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["rows"] == []
    assert told["sources"][0]["last_good_at"] is None
    assert told["sources"][0]["problem"] == "refused"


def test_a_login_sent_unencrypted_is_marked_in_every_list_and_exchange(tmp_path):
    # "Any address" is no loopback address and refuses here at once.
    office = Office(tmp_path, "http://0.0.0.0:9")
    with office.profile.open("a", encoding="utf-8") as profile:
        profile.write("insecure = true\n")
    exchanged = office.run("sync")
    assert "  ! The login at http://0.0.0.0:9 is sent unencrypted" in exchanged.stdout
    (told,) = json.loads(office.run("sync", "--json").stdout)["sources"]
    assert told["caution"]["code"] == "login_exposed"
    listed = office.run("list", "assets", "--offline")
    assert "The login at http://0.0.0.0:9 is sent unencrypted" in listed.stdout
    assert "is sent unencrypted" in office.run("list", "assets", "--offline", "--csv").stderr
    (told,) = json.loads(office.run("list", "assets", "--offline", "--json").stdout)["sources"]
    assert told["caution"] == "login_exposed"


def test_a_captive_portal_is_recognised_and_takes_nothing_away(county, tmp_path):
    office = Office(tmp_path, county.url)
    assert office.run("sync", "--once").returncode == 0
    before = office.ids()
    with ScriptedServer({"*": PORTAL}) as portal:
        office.turn_to(portal.url)
        done = office.run("sync", "--once")
    assert done.returncode == 1
    assert "county: failed captive_portal" in done.stdout
    assert office.ids() == before


def test_a_snapshot_cut_in_the_middle_changes_nothing_and_the_next_one_mends_it(county, tmp_path):
    office = Office(tmp_path, county.url)
    assert office.run("sync", "--once").returncode == 0
    before = office.ids()
    with ScriptedServer({"*": lambda asked: _forwarded(county.url, asked)}) as line:
        office.turn_to(line.url)
        done = office.run("sync", "--once")
    assert any(asked.path.startswith("/v1/snapshot/") for asked in line.asked)
    assert done.returncode == 1
    assert "county: failed cut_short" in done.stdout
    assert office.ids() == before
    office.turn_to(county.url)
    assert office.run("sync", "--once").returncode == 0
    assert office.ids() == before


def _forwarded(url: str, asked: Asked) -> Said:
    """The county's own answer, except that its token is too old and its snapshot is cut."""
    if asked.path == "/v1/changes":
        return Said(b"{}", status=410)
    county = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        kept = {k: v for k, v in asked.headers.items() if k.lower() in ("content-type", "accept")}
        county.request(asked.method, asked.target, asked.body or None, kept)
        answer = county.getresponse()
        body = answer.read()
        headers = {"Content-Type": answer.headers["Content-Type"]}
        cut = len(body) // 2 if asked.path.startswith("/v1/snapshot/") else None
        return Said(body, answer.status, headers, cut=cut)
    finally:
        county.close()


def test_a_list_of_what_the_county_does_not_offer_says_so_offline_too(tmp_path):
    with ScriptedServer() as server:
        server.answers["/v1/session"] = session
        server.answers["/v1/snapshot/all/1"] = said_lines(HEAD, *PAGES, END)
        server.answers["/v1/changes"] = page(token="t1")
        office = Office(tmp_path, server.url)
        assert office.run("sync").returncode == 0
    told = json.loads(office.run("list", "warnings", "--offline", "--json").stdout)
    assert told["certainty"] == "no_source"
    assert "No source for warnings" in office.run("list", "warnings", "--offline").stdout
    told = json.loads(office.run("list", "assets", "--offline", "--json").stdout)
    assert told["certainty"] == "certain"


UNREADABLE = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>a1</identifier><sender>x@y</sender><sent>yesterday</sent>
<status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>"""


def test_a_feed_of_which_nothing_could_be_read_is_not_all_well(tmp_path):
    office = Office(tmp_path, "http://unused.example")
    with ScriptedServer({"*": Said(UNREADABLE.encode())}) as server:
        office.profile.write_text(
            "[desk]\n[[source]]\nid = 'w'\nkind = 'cap'\nexpected_period_s = 60\n"
            f"login = 'none'\nfeeds = ['{server.url}/cap']\n"
        )
        synced, listed = office.run("sync"), office.run("list", "warnings", "--offline")
        as_csv = office.run("list", "warnings", "--offline", "--csv")
    assert (synced.returncode, listed.returncode, as_csv.returncode) == (3, 3, 3)
    assert "Could not be read: warnings 1" in synced.stdout
    assert "sent: " in synced.stdout
    assert "(Could not be read)" in listed.stdout
    assert "a1" in as_csv.stdout
    assert "There is nothing in what could be read" in listed.stderr
