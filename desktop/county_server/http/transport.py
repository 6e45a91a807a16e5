"""Connections that send small TLS records, few bytes, and a head and its body together."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from desktop.county_server.http.timeouts import Patience, Phase

MOST_HEAD_BYTES = 65_536
RECORD_BYTES = 4_000
"""A receiver can read a record only when its last byte has come: on 64 kbit/s that of a record
of 16 KB takes two seconds, that of a small one half of one. With what TLS adds: below 4 KB."""


class GatheringTransport(asyncio.Transport):
    """Sends what is written in one turn of the event loop together, in pieces of a record.

    uvicorn writes head and body one by one; with TCP_NODELAY, which asyncio always
    sets, each would go in a packet and a record of its own.
    """

    def __init__(self, under: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._under = under
        self._loop = loop
        self._is_tls = under.get_extra_info("ssl_object") is not None
        self._waiting = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send soon, and after everything written before."""
        if not self._waiting and data:
            self._loop.call_soon(self._flush)
        self._waiting += data

    def _flush(self) -> None:
        data, self._waiting = bytes(self._waiting), bytearray()
        size = RECORD_BYTES if self._is_tls else len(data)
        for start in range(0, len(data), size or 1):
            if self._under.is_closing():
                return
            self._under.write(data[start : start + size])

    def close(self) -> None:
        """Send the waiting bytes and close."""
        self._flush()
        self._under.close()

    def abort(self) -> None:
        """Close at once."""
        self._waiting.clear()
        self._under.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._under.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return extra information from the transport below."""
        return self._under.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        """Return the number of bytes not sent yet."""
        return self._under.get_write_buffer_size() + len(self._waiting)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the buffer sizes at which the protocol is paused and resumed."""
        self._under.set_write_buffer_limits(high, low)

    def can_write_eof(self) -> bool:
        """Whether one direction can be closed alone."""
        return self._under.can_write_eof()

    def write_eof(self) -> None:
        """Send the waiting bytes and close this direction."""
        self._flush()
        self._under.write_eof()

    def pause_reading(self) -> None:
        """Pause receiving."""
        self._under.pause_reading()

    def resume_reading(self) -> None:
        """Resume receiving."""
        self._under.resume_reading()

    def is_reading(self) -> bool:
        """Whether the transport is receiving."""
        return self._under.is_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Pass received data to another protocol."""
        self._under.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that gets received data."""
        return self._under.get_protocol()


class TerseConnection(h11.Connection):
    """HTTP/1.1 without the reason phrase of status 204, which RFC 9112 4 makes optional."""

    def send(self, event: Any) -> Any:
        """Encode one event."""
        if isinstance(event, h11.Response) and event.status_code == 204:
            event = h11.Response(status_code=204, headers=event.headers, reason=b"")
        return super().send(event)


class CountyLine(H11Protocol):
    """uvicorn's HTTP/1.1 over a gathering transport, with few bytes."""

    def __init__(self, *what: Any, **named: Any) -> None:
        super().__init__(*what, **named)
        self.conn = TerseConnection(h11.SERVER, MOST_HEAD_BYTES)
        self._patience: Patience | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection with the timeout of a request's head."""
        loop = asyncio.get_running_loop()
        self._patience = Patience(loop, transport.abort)
        super().connection_made(GatheringTransport(transport, loop))
        self._patience.look(Phase.HEAD, 0, held_back=False)

    def data_received(self, data: bytes) -> None:
        """Process received bytes and update the timeouts."""
        super().data_received(data)
        self._look(len(data))

    def on_response_complete(self) -> None:
        """Go on to a request that has come already, and update the timeouts."""
        super().on_response_complete()
        self._look(0)

    def _look(self, came: int) -> None:
        if self._patience is None:
            return
        phase, held_back = self._phase(), self.flow.read_paused
        in_pieces = phase is Phase.BODY and self.scope["method"] == "PUT"
        self._patience.look(phase, came, held_back=held_back, in_pieces=in_pieces)

    def _phase(self) -> Phase:
        match self.conn.their_state:
            case h11.IDLE:
                return Phase.HEAD if self.conn.trailing_data[0] else Phase.REST
            case h11.SEND_BODY:
                return Phase.ANSWERED if self.conn.our_state is h11.DONE else Phase.BODY
            case _:
                return Phase.REST

    def pause_writing(self) -> None:
        """Pause writing and start the timeout of a reader that accepts no bytes."""
        super().pause_writing()
        if self._patience is not None:
            self._patience.note_stall()

    def resume_writing(self) -> None:
        """Resume writing and stop that timeout."""
        super().resume_writing()
        if self._patience is not None:
            self._patience.note_progress()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the connection and its timeouts."""
        if self._patience is not None:
            self._patience.close()
            self._patience = None
        super().connection_lost(exc)
