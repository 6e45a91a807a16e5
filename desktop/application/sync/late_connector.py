"""A source's connector, built when its worker first needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.application.ports import Connector
from desktop.domain.link import RequestStats


class LateConnector:
    """Builds a connector when it is first needed; closed before that, it never is built.

    What a connector imports takes longer than a window may wait for its first paint.
    """

    def __init__(
        self, build: Callable[[], Connector], on_traffic: Callable[[RequestStats], None]
    ) -> None:
        self.built: Connector | None = None
        """The connector, once there is one."""
        self._build, self._on_traffic = build, on_traffic
        self._closed = False
        self._building = threading.Lock()

    def get(self) -> Connector:
        """The connector, built now if it is not yet; from any thread."""
        with self._building:
            if self.built is None:
                self.built = self._build()
                self.built.on_traffic = self._on_traffic
            if self._closed:
                self.built.close()
            return self.built

    def close(self) -> None:
        """Break off whatever is under way; idempotent, from any thread."""
        # Without the lock: closing may not wait for a connector that is still being built.
        self._closed = True
        if self.built is not None:
            self.built.close()
