"""Files of earlier versions are taken over whole: 500 queued commands and a full cache."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection, Key
from desktop.domain.incident import FileRef, Incident
from desktop.protocol.checksum import MODULUS, weight
from desktop.storage.cache.store import open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite import database
from desktop.storage.sqlite.database import migrations
from support.builders import NOW, FakeClock, a_batch, a_command, an_asset, an_incident
from support.earlier import KEY, full_outbox, of_version

encode = msgspec.msgpack.encode


def test_L_a_full_outbox_of_the_version_before_keeps_every_command_in_order(tmp_path):
    given = full_outbox(tmp_path, 500)
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    kept = outbox.list_unfinished()
    assert [(record.command, record.state) for record in kept] == given
    assert [record.seq for record in kept] == list(range(1, 501))
    assert all(record.offered for record in kept), "that version sent first and wrote afterwards"
    assert not outbox.cancel("k0", NOW)
    assert {(r.priority, r.retired, r.replaces) for r in kept} == {(0, False, "")}
    assert outbox.draft(Key("county", Collection.INCIDENTS, "I1")) == "写到一半"
    assert outbox.client_id() == "the first"
    new = outbox.append(a_command(), NOW, basis=an_incident())
    assert (new.seq, new.offered) == (501, False)
    outbox.close()


def test_L_a_migration_cut_short_leaves_the_full_outbox_as_it_was(tmp_path, monkeypatch):
    given = full_outbox(tmp_path, 50)
    steps = migrations("outbox")
    cut = [*steps[:-1], steps[-1] + "INSERT INTO nowhere VALUES (1);"]
    monkeypatch.setattr(database, "migrations", lambda _kind: cut)
    with pytest.raises(StoreError) as caught:
        open_outbox(tmp_path, KEY, FakeClock())
    assert caught.value.problem.code == "store_unmigrated"
    monkeypatch.undo()
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    assert [(record.command, record.state) for record in outbox.list_unfinished()] == given
    outbox.close()


def test_a_cache_of_the_first_version_keeps_its_rows_and_takes_part_in_everything_new(tmp_path):
    db = of_version(tmp_path, "cache", 1)
    db.execute("INSERT INTO source(number, name, token, epoch) VALUES (1, 'county', '5', 'e')")
    fields = [getattr(an_incident(), name) for name in Incident.__struct_fields__]
    before_files = fields[: Incident.__struct_fields__.index("files")]
    db.execute(
        "INSERT INTO incident VALUES (1, 1, 'I0001', 1, 0, ?, 1, 1, 1, 1, ?)",
        (-NOW, encode(before_files)),
    )
    db.execute("INSERT INTO thing VALUES (1, 'assets', 'A0001', 1, ?)", (encode(an_asset()),))
    db.execute("INSERT INTO word VALUES (1, 'T01')")
    db.execute("UPDATE tally SET value = 2 WHERE name = 'next_row'")
    db.close()
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    assert cache.problem is None
    assert cache.rows(Collection.INCIDENTS) == [an_incident()]
    assert cache.sync_state("county").token == "5"
    total = weight("incidents", "I0001", 1) + weight("assets", "A0001", 1)
    assert sum(cache.sums("county")) % MODULUS == total % MODULUS
    ref = FileRef("0" * 64, "a.jpg", "image/jpeg", 9)
    newer = an_incident(version=2, files=(ref,))
    new_total = weight("incidents", "I0001", 2) + weight("assets", "A0001", 1)
    cache.apply(a_batch(newer, row_keys=(7,), sum=new_total % MODULUS, epoch="e", token="6"))
    assert not cache.sync_state("county").diverged
    assert cache.rows(Collection.INCIDENTS) == [newer]
    cache.apply(a_batch(drops=(7,)))
    assert list(cache.incident_numbers(IncidentFilter())) == []
    cache.close()


def test_a_cache_of_the_fourth_version_lists_grave_incidents_first_once_acknowledged(tmp_path):
    calm, closed = 1 << 51, 1 << 52
    before = {
        "slight": (calm | (NOW - 9) << 3 | 4, 1),
        "grave": (calm | NOW << 3 | 2, 1),
        "calls": ((NOW + 9) << 3 | 2, 3),
        "closed": (closed | calm | ((1 << 48) - 1) << 3 | 1, 0),
    }
    db = of_version(tmp_path, "cache", 4)
    db.execute("INSERT INTO source(number, name, token, epoch) VALUES (1, 'county', '5', 'e')")
    db.execute("INSERT INTO word VALUES (1, 'T01')")
    for row, (name, (urgency, flags)) in enumerate(before.items(), start=1):
        body = encode([getattr(an_incident(id=name), f) for f in Incident.__struct_fields__])
        db.execute(
            "INSERT INTO incident(row, source, id, version, urgency, newest, flags, township,"
            " category, channel, body) VALUES (?, 1, ?, 1, ?, ?, ?, 1, 1, 1, ?)",
            (row, name, urgency, -NOW, flags, body),
        )
    db.close()
    cache = open_cache(tmp_path, KEY, FakeClock(), {})

    def listed(**wanted):
        numbers = cache.incident_numbers(IncidentFilter(**wanted))
        return [line.key.id for line in cache.incident_rows(numbers)]

    assert listed(open_only=False) == ["calls", "grave", "slight", "closed"]
    assert listed(overdue_at=NOW + 1) == ["grave", "slight"]
    assert listed(worst_rank=2) == ["calls", "grave"]
    cache.close()


def test_of_files_of_the_first_version_a_purge_leaves_only_those_to_be_sent(tmp_path):
    db = of_version(tmp_path, "files", 1)
    body, ref = b"photo", FileRef(hashlib.sha256(b"photo").hexdigest(), "a.jpg", "image/jpeg", 5)
    for number, digest in enumerate((ref.digest, "0" * 64), 1):
        db.execute("INSERT INTO file VALUES (?, ?, 5, 5, 0)", (number, digest))
        db.execute("INSERT INTO chunk VALUES (?, 0, ?)", (number, body))
    upload = ("county", ref.digest, encode(ref))
    db.execute("INSERT INTO upload VALUES (1, ?, ?, ?, 0, 0)", upload)
    db.close()
    files = open_files(tmp_path, KEY)
    assert [files.read(digest) for digest in (ref.digest, "0" * 64)] == [body, body]
    files.purge("z")
    assert [files.read(digest) for digest in (ref.digest, "0" * 64)] == [body, None]
    files.mark_sent("county", ref.digest, 5)
    assert files.read(ref.digest) == body
    files.close()
