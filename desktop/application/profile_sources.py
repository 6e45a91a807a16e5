"""The tables `[[source]]` of a profile, checked against the manifests of their kinds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from desktop.application import logins, proxies
from desktop.application.addresses import NO_LOGIN, address_fault, fingerprint_fault, holds_login
from desktop.application.manifest import SETTINGS as OF_EVERY_KIND
from desktop.application.ports import Manifest, Setting, SourceSettings
from desktop.application.profile import NAME, SOURCE_FIELDS, Faults

LONGEST_PERIOD_S = 7 * 86_400
ONE_TEXT = {"url": address_fault, "fingerprint": fingerprint_fault}


class SourceReader:
    """Reads one such table after the other and notes their faults."""

    def __init__(self, faults: Faults, manifests: Mapping[str, Manifest]) -> None:
        self._faults, self._fault, self._manifests = faults, faults.add, manifests
        self._ids: set[str] = set()
        self.way_out: dict[str, str] = {}
        """The proxy of all sources that name none and are not on this computer."""

    def read(self, index: int, table: dict[str, Any]) -> SourceSettings | None:
        """Return the settings that a `[[source]]` table says; None if it has a fault."""
        before = len(self._faults.found)
        identity = table.get("id")
        if not isinstance(identity, str) or not NAME.fullmatch(identity):
            self._fault(
                "source", index, "id", "id is required: lower-case letters, digits, - and _"
            )
        elif identity in self._ids:
            self._fault("source", index, "id", f"id {identity!r} is already used above")
        else:
            self._ids.add(identity)
        kind = table.get("kind")
        manifest = self._manifests.get(kind) if isinstance(kind, str) else None
        if manifest is None:
            kinds = ", ".join(sorted(self._manifests))
            self._fault("source", index, "kind", f"kind must be one of {kinds}, not {kind!r}")
            return None
        title = self._faults.read_text("source", index, "title", table.get("title", ""))
        period_s = table.get("expected_period_s", manifest.expected_period_s)
        if not _is_number(period_s) or not 0 < period_s <= LONGEST_PERIOD_S:
            words = f"expected_period_s must be above 0 and at most {LONGEST_PERIOD_S}"
            self._fault("source", index, "expected_period_s", words)
            period_s = manifest.expected_period_s
        values = self._values(index, table, manifest)
        if len(self._faults.found) > before:
            return None
        return SourceSettings(
            id=str(identity),
            kind=manifest.kind,
            title=title or manifest.title,
            expected_period_s=float(period_s),
            values=values,
            address=manifest.address(values),
        )

    def _values(self, index: int, table: dict[str, Any], manifest: Manifest) -> dict[str, Any]:
        common = (*OF_EVERY_KIND, *logins.SETTINGS, *proxies.SETTINGS)
        settings = {s.name: s for s in (*manifest.settings, *common)}
        for name in table:
            if name not in settings and name not in SOURCE_FIELDS:
                known = ", ".join([*SOURCE_FIELDS, *settings])
                words = f"unknown key {name!r} for kind {manifest.kind}; known: {known}"
                self._fault("source", index, name, words)
        values: dict[str, Any] = {}
        for name, setting in settings.items():
            if name not in table:
                if setting.required:
                    self._fault("source", index, name, f"{name} is required by {manifest.kind}")
                values[name] = setting.default
                continue
            fault = _value_fault(setting, table[name])
            if fault:
                self._fault("source", index, name, f"{name} {fault}")
            values[name] = table[name]
        if "proxy" not in table and not logins.is_here(manifest.address(values)):
            values |= self.way_out
        for name, words in (*logins.login_faults(values), *proxies.proxy_faults(values)):
            self._fault("source", index, name, words)
        return values


def _value_fault(setting: Setting, value: Any) -> str:
    """Return what is wrong with a setting's value, or an empty text."""
    match setting.type:
        case "url" | "fingerprint":
            return ONE_TEXT[setting.type](value)
        case "urls":
            if not isinstance(value, list):
                return "must be a list of addresses"
            return next(filter(None, map(address_fault, value)), "")
        case "hosts":
            return _hosts_fault(value)
        case "number":
            if not _is_number(value):
                return "must be a number"
        case "flag":
            if not isinstance(value, bool):
                return "must be true or false"
        case "texts":
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                return "must be a list of texts"
            return NO_LOGIN if any(map(holds_login, value)) else ""
        case _:
            if not isinstance(value, str):
                return "must be text"
    return ""


def _hosts_fault(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return "must be a list of hosts"
    if not all(re.fullmatch(r"[^/:?#@\s]+|\[[^/?#@\s]+\]", v) for v in value):
        return "must be hosts alone, such as cdn.example, without http:// or a port"
    return next(filter(None, (address_fault(f"http://{v}/") for v in value)), "")


def _is_number(value: Any) -> bool:
    """Whether a value is a finite number: TOML also allows inf, nan and integers of any length."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
