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
        from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

        with open_dbus_connection("SESSION") as bus:
            return _ask(bus, {"service": service, "username": username})

    try:
        return QUESTIONS.ask(f"short {username}", question, wait_s, is_cut)
    except NoAnswer as error:
        if is_cut():
            raise
        raise Unsure from error
    except Exception as error:
        raise Unsure from error


def _ask(bus: Any, attributes: dict[str, str]) -> str | None:
    from jeepney import (  # type: ignore[import-untyped]
        DBusAddress,
        MessageType,
        Properties,
        new_method_call,
    )

    def reply_to(message: Any) -> Any:
        reply = bus.send_and_get_reply(message, timeout=START_WITHIN_S)
        if reply.header.message_type is not MessageType.method_return:
            raise LookupError(message)
        return reply.body

    def call(method: str, signature: str, *values: Any) -> Any:
        return reply_to(new_method_call(service, method, signature, values))

    def property_of(path: str, interface: str, name: str) -> Any:
        ((_, value),) = reply_to(Properties(DBusAddress(path, _NAME, interface)).get(name))
        return value

    service = DBusAddress(_PATH, _NAME, _SERVICE)
    _, session = call("OpenSession", "sv", "plain", ("s", ""))
    unlocked, locked = call("SearchItems", "a{ss}", attributes)
    if unlocked:
        (found,) = call("GetSecrets", "aoo", unlocked[:1], session)
        _, _, secret, _ = found[unlocked[0]]
        return str(secret.decode())
    collections = property_of(_PATH, _SERVICE, "Collections")
    if locked or any(property_of(each, _COLLECTION, "Locked") for each in collections):
        raise Unsure
    return None
