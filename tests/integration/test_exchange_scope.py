"""Another account: its commands wait, and what it may not see goes, files with the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.command import Collection, CommandKind, CommandState, Hold, Key
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding
from support.builders import a_batch, a_command, a_township, an_incident
from support.exchange_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_a_narrower_scope_takes_rows_away_before_anything_new_is_shown(bench: Bench):
    bench.cache.apply(a_batch(a_township(), a_township(id="T02"), token="t", epoch="e"))
    bench.cache.apply(a_batch(an_incident(), an_incident(id="I2", township="T02")))
    bench.connector.townships = lambda: frozenset({"T02"})
    bench.connector.pulls = [[a_batch(an_incident(id="I3", township="T02"))]]
    seen: list[set[str]] = []
    bench.exchange(
        on_changed=lambda changed: seen.append({row.id for row in bench.cache.open_incidents(10)})
    )
    assert seen[0] == {"I2"}
    assert seen[-1] == {"I2", "I3"}


def exchange_with_files(bench: Bench) -> None:
    bench.exchange(files=bench.stores.files)


def test_files_go_with_the_rows_an_account_may_no_longer_see(bench: Bench):
    digest = hashlib.sha256(b"photo").hexdigest()
    bench.cache.apply(a_batch(a_township(), a_township(id="T02"), token="t", account="wang"))
    bench.cache.apply(a_batch(an_incident()))
    for change in ("another account", "a narrower scope"):
        bench.stores.files.want("county", digest, 5)
        assert bench.stores.files.add_chunk("county", digest, 0, b"photo")
        bench.connector.pulls = [[a_batch(account="wang")]]
        exchange_with_files(bench)
        assert bench.stores.files.read(digest) == b"photo"
        if change == "a narrower scope":
            bench.connector.townships = lambda: frozenset({"T02"})
            bench.connector.pulls = [[a_batch()], [a_batch()]]
        else:
            bench.connector.pulls = [[a_batch(account="li")], [a_batch(account="li")]]
        exchange_with_files(bench)
        assert bench.stores.files.read(digest) is None, change
        bench.cache.purge("county", None)
        bench.cache.apply(a_batch(an_incident(), a_township(), token="t", account="wang"))


def test_a_command_given_under_another_login_waits_for_it_with_words(bench: Bench):
    other, same, unnamed = (a_command(account=name) for name in ("li", "wang", ""))
    for command in (other, same, unnamed):
        bench.outbox.append(command, bench.clock.now())
    bench.connector.login = "wang"
    bench.exchange()
    assert bench.connector.sent == [(same.key, unnamed.key)]
    held = bench.outbox.record(other.key)
    assert (held.state, held.offered) == (CommandState.HELD, False)
    assert "li" in held.reason.zh
    assert "li" in held.reason.en
    bench.connector.login = "li"
    bench.exchange()
    assert bench.connector.sent[1:] == [(other.key,)]
    assert bench.states() == [CommandState.ACCEPTED] * 3


def test_nothing_is_submitted_on_a_report_that_waits_for_another_login(bench: Bench):
    target = Key("county", Collection.INCIDENTS, "new-1")
    report = a_command(kind=CommandKind.CREATE, target=target, account="li")
    note = a_command(target=target, account="wang")
    for command in (report, note):
        bench.outbox.append(command, bench.clock.now())
    bench.connector.login = "wang"
    bench.exchange()
    assert bench.connector.sent == []
    assert bench.states() == [CommandState.HELD, CommandState.STORED]


def test_another_logins_command_on_a_refused_report_has_one_reason_and_is_told_once(bench: Bench):
    target = Key("county", Collection.INCIDENTS, "new-1")
    report = a_command(kind=CommandKind.CREATE, target=target)
    note = a_command(target=target, account="wang")
    for command in (report, note):
        bench.outbox.append(command, bench.clock.now())
    bench.outbox.set_state(report.key, CommandState.REJECTED, Text("请补充地址"), bench.clock.now())
    bench.outbox.mark_seen(report.key)
    bench.connector.login = "li"
    bench.outbox.bind("county", Binding(account="li"))
    told: list[bool] = []
    for _ in range(3):
        bench.outbox.append(a_command(account="li"), bench.clock.now())
        bench.exchange()
        assert bench.outbox.record(note.key).hold is Hold.ACCOUNT
        told.append(note.key in [record.command.key for record in bench.outbox.attention()])
        bench.outbox.mark_seen(note.key)
    assert told == [True, False, False]
