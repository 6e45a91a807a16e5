"""A desk of the real connector and the real stores, and what its exchanges cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.sync.exchange import Exchange, exchange
from desktop.connectors.county.client import CountyConnector
from desktop.domain.clock import SystemClock
from desktop.domain.link import RequestStats
from support.contexts import a_context
from support.sources import services, source_settings
from support.stores import Stores

MOST_EXCHANGES = 3


class CountedDesk:
    """Exchanges with one county by hand, remembering between them what a lane would."""

    def __init__(
        self, folder: Path, url: str, dictionaries: Mapping[str, bytes] | None = None
    ) -> None:
        self._clock = SystemClock()
        self.stores = Stores(folder, self._clock)
        self.cache = self.stores.cache
        self.traffic: list[RequestStats] = []
        self.repairs = 0
        given: dict[str, Any] = {} if dictionaries is None else {"dictionaries": dictionaries}
        where = source_settings("county", url=url)
        self._connector = CountyConnector(
            where, services(lambda _: None, self._clock, client="d1", **given)
        )
        self._connector.on_traffic = self.traffic.append
        self._repair = self._connector.repair
        self._connector.repair = self._counted  # type: ignore[method-assign]
        self._context = a_context(self._connector, self.cache, self.stores.outbox, self._clock)

    def _counted(self, sums: Any) -> Any:
        self.repairs += 1
        return self._repair(sums)

    def carry_files(self) -> None:
        """Move files from now on, too."""
        self._context = msgspec.structs.replace(
            self._context, link=LinkEstimator(self._clock), files=self.stores.files
        )

    def exchange(self) -> Exchange:
        """One exchange; what it cost is in `traffic` and `repairs`, emptied before it."""
        self.traffic.clear()
        self.repairs = 0
        return exchange(self._context)

    def settle(self) -> int:
        """Exchange until there is nothing more to do at once; how many it took."""
        for count in range(1, MOST_EXCHANGES + 1):
            if not self.exchange().again:
                return count
        raise AssertionError(f"not settled after {MOST_EXCHANGES} exchanges")

    @property
    def bytes(self) -> int:
        """What the last exchange cost, both ways, before TLS."""
        return sum(each.sent + each.received for each in self.traffic)

    def close(self) -> None:
        """Let go of the line and the files."""
        self._connector.close()
        self.stores.close()
