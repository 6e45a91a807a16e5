"""An older program opens nothing that a newer one has changed, and takes over what is older."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from desktop import VERSION
from desktop.application.ports import StoreError
from desktop.storage.cache.store import open_cache
from desktop.storage.keys import login_file
from desktop.storage.sqlite.data_format import FILE, FORMAT, mark_format, refuse_newer
from desktop.storage.sqlite.database import connect
from support.builders import FakeClock, a_batch, an_incident
from support.earlier import KEY, of_version


def test_a_folder_is_marked_by_whoever_brings_it_further(tmp_path):
    mark_format(tmp_path)
    assert (tmp_path / FILE).read_text() == f"{FORMAT} {VERSION}\n"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (tmp_path / FILE).write_text(f"{FORMAT} 0.0.9\n")
    mark_format(tmp_path)
    assert (tmp_path / FILE).read_text() == f"{FORMAT} 0.0.9\n", "whoever needs it can read it"
    refuse_newer(tmp_path)


@pytest.mark.parametrize("there", ["", "soon", f"{FORMAT - 1} 0.0.9"])
def test_a_folder_of_before_or_without_a_readable_mark_is_opened(tmp_path, there):
    (tmp_path / FILE).write_text(there)
    refuse_newer(tmp_path)
    mark_format(tmp_path)
    assert (tmp_path / FILE).read_text().startswith(f"{FORMAT} ")


def test_a_newer_folder_is_refused_with_the_version_that_reads_it(tmp_path):
    (tmp_path / FILE).write_text(f"{FORMAT + 1} 7.8.9\n")
    with pytest.raises(StoreError) as caught:
        refuse_newer(tmp_path)
    assert caught.value.problem.code == "data_newer"
    assert caught.value.problem.details["program"] == "7.8.9"
    mark_format(tmp_path)
    assert (tmp_path / FILE).read_text() == f"{FORMAT + 1} 7.8.9\n"


def test_logins_of_a_newer_version_are_refused(tmp_path):
    login_file.keep(tmp_path, KEY, "county", "secret")
    db = connect(tmp_path / login_file.FILE, KEY, durable=True)
    db.pragma("user_version", 900)
    db.close()
    with pytest.raises(StoreError) as caught:
        login_file.read(tmp_path, KEY, "county")
    assert caught.value.problem.code == "store_newer"


def test_a_cache_that_cannot_be_brought_up_to_date_is_asked_for_again(tmp_path: Path):
    db = of_version(tmp_path, "cache", 1)
    db.execute("CREATE TABLE traffic(surprise)")
    db.close()
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    assert cache.problem is not None
    assert cache.problem.code == "cache_outgrown"
    cache.apply(a_batch(an_incident(), token="7"))
    assert cache.sync_state("county").token == "7"
    cache.close()
    assert [each.name for each in tmp_path.glob("cache.corrupt-*")] == [
        cache.problem.details["file"]
    ]
