"""What carries an office's items without a network: a stick, the telephone, messages and codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.gui.context import UiContext

if TYPE_CHECKING:
    from desktop.application.courier.codes import NoNetwork
    from desktop.application.courier.stick import Stick
    from desktop.domain.geo import Township
    from desktop.gui.township.carry_sheet import CarrySheet
    from desktop.gui.township.no_network.sheet import NoNetworkSheet


class Carriers:
    """The sheets of these ways, each made when it is first wanted; none without one county."""

    def __init__(
        self,
        screen: UiContext,
        window: QWidget,
        stick: Stick | None,
        open_no_network: Callable[[], NoNetwork | None],
    ) -> None:
        self._screen, self._window = screen, window
        self._stick, self._open_no_network = stick, open_no_network
        self.stick: CarrySheet | None = None
        self.no_network: NoNetworkSheet | None = None

    def show_stick(self, township: Township | None) -> None:
        """Open the sheet of the stick for the office of this township, or close it."""
        if self.stick is None and self._stick is not None and township is not None:
            from desktop.gui.township.carry_sheet import CarrySheet

            self.stick = CarrySheet(self._screen, self._window, self._stick, township.id)
        if self.stick is not None:
            self.stick.toggle()

    def show_no_network(self, township: Township | None) -> None:
        """Open the sheet of telephone, messages and codes for this office, or close it."""
        if self.no_network is None and township is not None:
            ways = self._open_no_network()
            if ways is None:
                return
            from desktop.gui.township.no_network.sheet import NoNetworkSheet

            name = self._screen.words.text(township.name)
            self.no_network = NoNetworkSheet(
                *(self._screen, self._window, ways.frames, ways.codes, name)
            )
            self.no_network.pairing_asked.connect(lambda: self.show_stick(township))
        if self.no_network is not None:
            self.no_network.toggle()

    def close(self) -> None:
        """Wait for what is under way; the window is about to close."""
        for sheet in (self.stick, self.no_network):
            if sheet is not None:
                sheet.close_runner()
