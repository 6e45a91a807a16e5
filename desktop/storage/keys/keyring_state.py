"""What the system's keyring is and whether it is open, found out without asking a person."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from desktop.storage.keys.keyring_timeout import QUESTIONS, NoAnswer
from desktop.storage.keys.secret_service import CHOSEN_KEYRING, SecretService, open_session_bus


class KeyringState(StrEnum):
    """How the keyring is."""

    OPEN = "open"
    LOCKED = "locked"
    ABSENT = "absent"  # no program keeps secrets on this session's bus
    NO_BUS = "no_bus"
    SILENT = "silent"
    OTHER = "other"  # not the Linux keyring: only a secret itself tells


class Keyring(msgspec.Struct, frozen=True):
    """The keyring's state, and the name of the program that is it where the system tells."""

    state: KeyringState
    name: str = ""


def find_keyring(wait_s: float) -> Keyring:
    """Return the state of the keyring, waiting at most that long for its answer."""
    if CHOSEN_KEYRING in os.environ or not sys.platform.startswith("linux"):
        return Keyring(KeyringState.OTHER, os.environ.get(CHOSEN_KEYRING, sys.platform))
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return Keyring(KeyringState.NO_BUS)
    try:
        return QUESTIONS.ask("state", _look, wait_s)
    except NoAnswer:
        return Keyring(KeyringState.SILENT)
    except OSError:
        return Keyring(KeyringState.NO_BUS)
    except Exception:  # noqa: BLE001 - the bus has an error for each way of not being there
        return Keyring(KeyringState.ABSENT)


def _look() -> Keyring:
    with open_session_bus() as bus:
        service = SecretService(bus)
        is_locked = any(service.is_locked(each) for each in service.collections())
        name = _program(service)
        return Keyring(KeyringState.LOCKED if is_locked else KeyringState.OPEN, name)


def _program(service: SecretService) -> str:
    """Return the name of the program that answers; empty where the system does not tell."""
    try:
        process: Any = service.process()
        return Path(f"/proc/{int(process)}/comm").read_text(encoding="utf-8").strip()
    except (OSError, LookupError, ValueError):
        return ""
