"""A clerk's desk without a network and the county that it is paired with, with real keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from desktop.application.courier.calls import Dictation
from desktop.application.courier.codes import NoNetwork
from desktop.bootstrap import Desk
from desktop.commands.courier.desk import CourierDesk
from desktop.commands.courier.pairing import keep_pairing, load_pairing
from desktop.commands.courier.spoken_words import show_sheet
from desktop.commands.frames.desk import FramesDesk
from desktop.connectors.county.courier import end_pairing
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments
from desktop.county_server.frames.codes import read_codes
from desktop.county_server.frames.hearing import hear_report
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import OfficeRoster
from desktop.county_server.frames.receiver import Receiver
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandState
from desktop.domain.instant import HOUR
from desktop.domain.source import Binding
from desktop.paths import resources
from desktop.wire import courier
from desktop.wire.courier import Pairing
from desktop.wire.frames.spoken import PhoneSheet
from desktop.wire.level1 import Incident, Phrase
from desktop.wire.spoken_reports import SpokenAnswer, SpokenReport
from support.builders import NOW, FakeClock, a_township, an_incident
from support.county_rows import incident
from support.cut_off import engine_of
from support.sample_board import SampleCounty, a_status, empty_county
from support.sources import source_settings
from support.spoken import words

NUMBER, NAME, LIMIT = 7, "T01", 10_000_000


class FarCounty:
    """The county that no network reaches."""

    def __init__(self, folder: Path) -> None:
        self._folder, path = folder, folder / "county.db"
        self.database = Database(path, time_s=lambda: NOW / 1000)
        self.database.put("incidents", [incident("I0001")])
        self.offices, self.server = Offices(path), identity_of(path)
        self.attachments = Attachments(self.database, LIMIT)
        rules = Rules(file_limit=LIMIT)
        self.deliveries = Deliveries(self.database, self.attachments, rules, dict)
        self._inbox: Inbox | None = None
        self.receiver: Receiver | None = None

    def pair(self, desk: Desk, office: CourierDesk) -> None:
        """Pair an office by the two lines, and take its frames."""
        line, _fingerprint = office.begin_pairing(NAME)
        told = courier.read_pairing(line)
        self.offices.pair(told, "")
        own = self.offices.own().public
        names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
        begun = load_pairing(desk, "county")
        assert begun is not None
        answer = courier.write_pairing(Pairing("county", *names))
        keep_pairing(desk, "county", end_pairing(begun, answer))
        file = self._folder / "offices.toml"
        file.write_text(f'[[office]]\nnumber = {NUMBER}\npairing = "{NAME}"\n')
        roster = OfficeRoster(file, self.server, self.database)
        self._inbox = Inbox(self._folder / "frames.db", self.server)
        codes = read_codes(resources() / "county")
        self.receiver = Receiver(
            self.database, roster, self._inbox, dict, Rules(file_limit=LIMIT), codes
        )

    def hear(self, groups: Sequence[str], check: str, *, execute: bool = True) -> SpokenAnswer:
        """What the county says to what was taken down."""
        assert self.receiver is not None
        asked = SpokenReport(tuple(groups), check, execute)
        return hear_report(self.receiver, self.database, asked)

    def receipt(self, groups: Sequence[str], check: str) -> Dictation:
        """What is read back for what was taken down."""
        [sheet] = self.hear(groups, check).receipts
        return show_sheet(PhoneSheet(sheet.groups, sheet.check))

    def notes(self) -> list[str]:
        """The texts on its incident."""
        (row,) = self.database.rows("incidents", ["I0001"])
        assert isinstance(row, Incident)
        texts = [each.text for each in row.timeline]
        return [each.zh if isinstance(each, Phrase) else each for each in texts]

    def close(self) -> None:
        self.attachments.close()
        if self._inbox is not None:
            self._inbox.close()
        self.database.close()


class PairedOffice:
    """A desk with a sample board, a county it once reached, and the ways that need no network."""

    def __init__(self, far: FarCounty, **line: Any) -> None:
        self.county: SampleCounty = empty_county(
            CorrectedClock(FakeClock()), a_status(last_good_at=NOW, expected_period_ms=HOUR)
        )
        self.county.accepting.add("county")
        self.county.tell(a_township(), an_incident())
        self.county.outbox.bind(
            "county", Binding(server=far.server, epoch=far.database.epoch, fence=3)
        )
        secrets: dict[str, str] = {}
        self.engine = engine_of(self.county)
        self.desk = cast(
            Desk,
            SimpleNamespace(
                outbox=self.county.outbox,
                files=self.county.stores.files,
                clock=self.county.clock,
                cache=self.county.cache,
                board=self.county.board,
                words=words(),
                read_secret=secrets.get,
                keep_secret=secrets.__setitem__,
                engine=self.engine,
                profile=SimpleNamespace(frames=line, sources=[source_settings("county")]),
            ),
        )
        self.courier = CourierDesk(self.desk, "county")
        self.ways = NoNetwork(FramesDesk(self.desk, "county"), self.courier)

    def close(self) -> None:
        """End the exchange, if it was started."""
        self.engine.close()

    def state(self, key: str) -> CommandState:
        """How far a command is."""
        record = self.county.outbox.record(key)
        assert record is not None
        return record.state
