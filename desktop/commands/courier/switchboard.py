"""The county's side of a call at a desk: what was heard goes to the county, and its word back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from desktop.application.courier.calls import Ear, Heard, Outcome
from desktop.application.courier.relay import Relay
from desktop.commands.courier.relay import RelayDesk
from desktop.commands.courier.spoken_words import WireEar, show_sheet
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.commands import STATES
from desktop.connectors.county.spoken import read_command
from desktop.wire.frames.spoken import PhoneSheet
from desktop.wire.spoken_reports import SpokenAnswer

if TYPE_CHECKING:
    from desktop.bootstrap import Desk


class CountySwitchboard:
    """Hands reports by telephone to a desk's county; calls may come from any thread."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk, self._source = desk, source
        self.ear: Ear = WireEar()
        self.relay: Relay = RelayDesk(desk, source)

    def check(self, groups: Sequence[str], check: str) -> Heard:
        """Return what the report says; nothing is done."""
        return self._ask(groups, check, execute=False)

    def execute(self, groups: Sequence[str], check: str) -> Heard:
        """Have the report done, once however often it is heard."""
        return self._ask(groups, check, execute=True)

    def _ask(self, groups: Sequence[str], check: str, *, execute: bool) -> Heard:
        with closing(self._desk.connect_beside(self._source)) as county:
            assert isinstance(county, CountyConnector)
            return self._show(county.hear(groups, check, execute=execute))

    def _show(self, told: SpokenAnswer) -> Heard:
        return Heard(
            *(told.office, told.name, told.account),
            read_command(self._source, told.command),
            tuple(
                Outcome(each.number, STATES.get(each.status), each.reason) for each in told.outcomes
            ),
            tuple(show_sheet(PhoneSheet(each.groups, each.check)) for each in told.receipts),
        )
