"""Rows that are older than the answers that tell them are as old on the desk, on every line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from desktop.application.ports import Connector
from desktop.application.sync.engine import Engine
from desktop.application.sync.rest import good_at
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.http.listening import server_tls
from desktop.county_server.load import Aged
from desktop.county_server.server import CountyServer
from desktop.domain.certainty import Certainty, judge_certainty
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.domain.command import Collection
from desktop.domain.source import SyncState
from support.county_rows import incident
from support.scripted_connector import source_of
from support.sources import services, source_settings
from support.stores import Stores


class County:
    """A county whose rows are of files, and a desk that pulls them."""

    def __init__(self, folder: Path, *, encrypted: bool) -> None:
        tls, values = None, {}
        if encrypted:
            authority = trustme.CA()
            chain, key = folder / "chain.pem", folder / "key.pem"
            issued = authority.issue_cert("127.0.0.1")
            issued.cert_chain_pems[0].write_to_path(chain)
            issued.private_key_pem.write_to_path(key)
            authority.cert_pem.write_to_path(folder / "ca.pem")
            tls, values = server_tls(chain, key), {"ca_file": str(folder / "ca.pem")}
        self.database = Database()
        self.database.put("incidents", [incident("a")])
        self.server = CountyServer(self.database, tls=tls)
        self.aged = self.server.api.app = Aged(self.server.api.app)
        settings = source_settings("county", url=self.server.start(), **values)
        self.clock = SystemClock()
        self.desk: Connector = CountyConnector(
            settings, services(lambda _: None, self.clock, client="d")
        )
        self._state = SyncState("county")

    def pull(self) -> float:
        """How many seconds old the rows are for the desk that has just pulled them."""
        for batch in self.desk.pull(self._state):
            if batch.token is not None:
                self._state = SyncState("county", token=batch.token, epoch=batch.epoch)
        return (self.clock.now() - good_at(self.clock, self.desk.proven_s())) / 1000

    def close(self) -> None:
        self.desk.close()
        self.server.close()
        self.database.close()


@pytest.fixture(params=[False, True], ids=["http", "https"])
def county(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[County]:
    with contextlib.closing(County(tmp_path, encrypted=request.param)) as made:
        yield made


def test_rows_are_as_old_as_the_server_says_and_as_new_as_its_answers_where_it_says_nothing(
    county: County,
) -> None:
    assert county.pull() < 60
    county.aged.data_at = datetime.now(UTC) - timedelta(hours=3)
    assert 10_790 < county.pull() < 10_860
    assert county.desk.wait_for_hint(10), "a stream that speaks makes no row newer"
    assert 10_790 < county.pull() < 10_860
    county.aged.data_at = datetime.now(UTC) + timedelta(hours=3)
    assert county.pull() < 60
    county.aged.data_at = None
    assert county.pull() < 60


def test_of_what_a_county_does_not_tell_a_desk_says_no_none(county: County, tmp_path: Path) -> None:
    clock = CorrectedClock(county.clock)
    stores = Stores(tmp_path / "desk", clock)
    engine = Engine([source_of(county.desk)], stores.cache, stores.outbox, clock, lambda _: None)

    def sure(collection: Collection) -> Certainty:
        return judge_certainty(engine.statuses(), frozenset({collection}), clock.now()).certainty

    county.server.api.collections = ("townships", "incidents")
    engine.exchange_once()
    assert sure(Collection.INCIDENTS) is Certainty.CERTAIN
    assert sure(Collection.WARNINGS) is Certainty.NO_SOURCE
    stores.close()
