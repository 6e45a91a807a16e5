"""What carries an office's items without a network: a stick, the telephone, messages and codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.domain.source import Problem
from desktop.gui.context import UiContext

if TYPE_CHECKING:
    from desktop.application.courier.codes import NoNetwork
    from desktop.application.courier.stick import Stick
    from desktop.domain.geo import Township
    from desktop.gui.township.carry_sheet import CarrySheet
    from desktop.gui.township.no_network.sheet import NoNetworkSheet


NO_ONE_COUNTY = Problem("no_one_county")


class Carriers:
    """The sheets of these ways, each made when first wanted; without one county that is said."""

    def __init__(
        self,
        screen: UiContext,
        window: QWidget,
        stick: Stick | None,
        open_no_network: Callable[[], NoNetwork | None],
        say: Callable[[Problem], None],
    ) -> None:
        self._screen, self._window = screen, window
        self._stick, self._open_no_network, self._say = stick, open_no_network, say
        self._township: Township | None = None
        self._offered: Path | None = None
        self.stick: CarrySheet | None = None
        self.no_network: NoNetworkSheet | None = None

    def show_stick(self, township: Township | None) -> None:
        """Open the sheet of the stick for the office of this township, or close it."""
        if self._stick is None:
            self._say(NO_ONE_COUNTY)
        elif self.stick is None and township is not None:
            from desktop.gui.township.carry_sheet import CarrySheet

            self.stick = CarrySheet(self._screen, self._window, self._stick, township.id)
        if self.stick is not None and township is not None:
            self.stick.office = township.id
            self.stick.toggle()

    def offer(self, file: Path, township: Township | None) -> None:
        """Open the sheet of the stick at the folder of a bundle, now or once there is an office."""
        self._offered = file
        if township is not None:
            self.serve(township)

    def serve(self, township: Township) -> None:
        """Show the bundle that was offered before the office's township was known."""
        file, self._offered = self._offered, None
        if file is not None:
            if self.stick is None or not self.stick.isVisible():
                self.show_stick(township)
            if self.stick is not None:
                self.stick.offer(file)

    def show_no_network(self, township: Township | None) -> None:
        """Open the sheet of telephone, messages and codes for this office, or close it."""
        self._township = township
        if self.no_network is None and township is not None:
            ways = self._open_no_network()
            if ways is None:
                self._say(NO_ONE_COUNTY)
                return
            from desktop.gui.township.no_network.sheet import NoNetworkSheet

            self.no_network = NoNetworkSheet(
                *(self._screen, self._window, ways.frames, ways.codes, township)
            )
            self.no_network.pairing_asked.connect(lambda: self.show_stick(self._township))
        if self.no_network is not None and township is not None:
            self.no_network.aloud.township = township
            self.no_network.toggle()

    def close(self) -> None:
        """Wait for what is under way; the window is about to close."""
        for sheet in (self.stick, self.no_network):
            if sheet is not None:
                sheet.close_runner()
