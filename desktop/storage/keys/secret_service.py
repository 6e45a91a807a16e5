"""A short way to ask the Linux keyring (Secret Service) for a secret it already has."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from desktop.storage.keys.keyring_timeout import QUESTIONS, NoAnswer, never

START_WITHIN_S = 30.0
"""For the whole short way: the first question may be what starts the service, and a computer
that has just been switched on has much else to start."""
CHOSEN_KEYRING = "PYTHON_KEYRING_BACKEND"
"""Environment variable that chooses another keyring than the desktop's."""

_PATH = "/org/freedesktop/secrets"
_NAME = "org.freedesktop.secrets"
_SERVICE = "org.freedesktop.Secret.Service"
_COLLECTION = "org.freedesktop.Secret.Collection"


class Unsure(Exception):
    """The long way through `keyring` has to be taken, which may ask a person to unlock it."""


def find_secret(
    service: str,
    username: str,
    wait_s: float = START_WITHIN_S,
    is_cut: Callable[[], bool] = never,
) -> str | None:
    """The secret, or None where every collection is open and has none; raises Unsure.

    Also when there is no answer within `wait_s`; NoAnswer once the wait `is_cut`.

    A few questions on the session bus and two small imports: a quarter of the time
    `keyring` takes to import; and nobody is asked to unlock, or to set up, a keyring only to
    be told that nothing is in it. The secret crosses the bus unwrapped; whoever may listen
    there as this user may as well ask for it.
    """
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") or CHOSEN_KEYRING in os.environ:
        raise Unsure

    def question() -> str | None:
        with open_session_bus() as bus:
            return _ask(bus, {"service": service, "username": username})

    try:
        return QUESTIONS.ask(f"short {username}", question, wait_s, is_cut)
    except NoAnswer as error:
        if is_cut():
            raise
        raise Unsure from error
    except Exception as error:
        raise Unsure from error


def open_session_bus() -> Any:
    """Connect to this login's bus, for a `with` block."""
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

    return open_dbus_connection("SESSION")


class SecretService:
    """Questions to the keyring over one connection to the bus; each raises LookupError where it is
    refused."""

    def __init__(self, bus: Any) -> None:
        from jeepney import DBusAddress  # type: ignore[import-untyped]

        self._bus = bus
        self._address = DBusAddress(_PATH, _NAME, _SERVICE)

    def call(self, method: str, signature: str, *values: Any) -> Any:
        """Call a method of the service."""
        from jeepney import new_method_call

        return self._reply_to(new_method_call(self._address, method, signature, values))

    def collections(self) -> list[str]:
        """Return the paths of its collections."""
        found: list[str] = self._property_of(_PATH, _SERVICE, "Collections")
        return found

    def is_locked(self, collection: str) -> bool:
        """Whether a person would have to unlock this collection."""
        return bool(self._property_of(collection, _COLLECTION, "Locked"))

    def process(self) -> int:
        """Return the number of the process that answers."""
        from jeepney import message_bus

        (number,) = self._reply_to(message_bus.GetConnectionUnixProcessID(_NAME))
        return int(number)

    def _property_of(self, path: str, interface: str, name: str) -> Any:
        from jeepney import DBusAddress, Properties

        ((_, value),) = self._reply_to(Properties(DBusAddress(path, _NAME, interface)).get(name))
        return value

    def _reply_to(self, message: Any) -> Any:
        from jeepney import MessageType

        reply = self._bus.send_and_get_reply(message, timeout=START_WITHIN_S)
        if reply.header.message_type is not MessageType.method_return:
            raise LookupError(message)
        return reply.body


def _ask(bus: Any, attributes: dict[str, str]) -> str | None:
    service = SecretService(bus)
    _, session = service.call("OpenSession", "sv", "plain", ("s", ""))
    unlocked, locked = service.call("SearchItems", "a{ss}", attributes)
    if unlocked:
        (found,) = service.call("GetSecrets", "aoo", unlocked[:1], session)
        _, _, secret, _ = found[unlocked[0]]
        return str(secret.decode())
    if locked or any(map(service.is_locked, service.collections())):
        raise Unsure
    return None
