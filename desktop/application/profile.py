"""Profiles: which sources one pane shows, read from TOML and checked line by line."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from desktop.application import logins, proxies
from desktop.application.addresses import NO_LOGIN, address_fault, fingerprint_fault, holds_login
from desktop.application.budget.byte_budget import HOURS, NO_LIMIT, Allowance
from desktop.application.i18n import LANGUAGES
from desktop.application.manifest import SETTINGS as OF_EVERY_KIND
from desktop.application.ports import Manifest, Setting, SourceSettings
from desktop.application.wall_place import UNKNOWN_PLACE, WallPlace, read_wall_place, wall_faults
from desktop.domain.localized_text import Text

THEMES = ("light", "dark")
POSTURES = ("desk", "wall", "township")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST_PERIOD_S = 7 * 86_400
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
TABLES = ("desk", "keys", "link", "wall", "frames", "source")
TEXT_SIZES = ("100", "125", "150", "175", "200")
SWITCH = ("on", "off")
VERSION = 1
"""The form of profiles that this program reads; a file may say that it needs a newer one."""
LEAST_DAILY_BYTES = 1_000_000
"""Less would not carry the polls of a day, which go on whatever the budget says."""
NO_SOURCE = "no [[source]]: the pane would have nothing to show; one has id, kind and url"
ONE_TEXT = {"url": address_fault, "fingerprint": fingerprint_fault}
SOURCE_FIELDS = ("id", "kind", "title", "expected_period_s")


class ProfileError(Exception):
    """A profile that cannot be used, or `is_newer`; its faults, each as `FILE:LINE: words`."""

    def __init__(self, faults: list[str], *, is_newer: bool = False) -> None:
        super().__init__("\n".join(faults))
        self.faults, self.is_newer = faults, is_newer


class Profile(msgspec.Struct, frozen=True):
    """One desk's set-up."""

    name: str
    """Names the desk's folder: the file's stem, or `[desk] name`."""
    title: Text
    sources: tuple[SourceSettings, ...]
    language: str = "zh_CN"
    theme: str = "light"
    officer: str = ""
    posture: str = "desk"
    """What opens when no command says so: the desk, the wall or the township office."""
    township: str = ""
    """Id of the township whose office this is; empty until its clerk picks it."""
    timezone: str = "Asia/Shanghai"
    day_begins: str = "00:00"
    """Local time at which a duty day begins, for "today" figures."""
    account: str = ""
    """Account of the desk's user, where several share a computer; empty where none do."""
    link: Allowance = NO_LIMIT
    wall: WallPlace = UNKNOWN_PLACE
    frames: dict[str, Any] = {}
    """The table `[frames]`, checked: `frame_line.read_line` reads it."""
    text_size: str = "100"
    """How large everything is drawn, in per cent; a wall goes by its seats."""
    single_keys: str = "on"
    """Whether commands of a single letter are on, until the officer switches them."""
    keys: dict[str, str] = {}
    """Other keys than the usual ones by the name of their action; empty for none."""
    table: dict[str, Any] = {}
    """The whole of its file as TOML gives it."""

    @property
    def counties(self) -> tuple[str, ...]:
        """Ids of the sources that are a county's platform, in the profile's order."""
        return tuple(each.id for each in self.sources if each.kind == "county")

    @property
    def place(self) -> str:
        """Name of the desk's folder and of its secrets: no two accounts share it."""
        return f"{self.name}@{self.account}" if self.account else self.name


def read_profile(path: Path, manifests: Mapping[str, Manifest]) -> Profile:
    """The profile in a file; raises ProfileError that names every faulty line."""
    try:
        # Some editors put a byte order mark before UTF-8; TOML knows none.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProfileError([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise ProfileError([f"{path}: is not UTF-8 text (byte {error.start})"]) from error
    return parse_profile(text, str(path), manifests)


def parse_profile(text: str, file: str, manifests: Mapping[str, Manifest]) -> Profile:
    """The profile in a text; `file` stands in its faults."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # Also a number without end, and nesting.
        found = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"{found[1]}:{found[2]}" if found else "1"
        raise ProfileError([f"{file}:{where}: is not TOML: {error}"]) from error
    return profile_of(table, file, manifests, text)


def profile_of(
    table: dict[str, Any], file: str, manifests: Mapping[str, Manifest], text: str = ""
) -> Profile:
    """The profile that a file's parsed `text` says, or one put together; raises ProfileError."""
    reader = _Reader(file, text, manifests)
    reader.check_version(table.get("version", VERSION))
    profile = reader.profile(table)
    if reader.faults:
        raise ProfileError(reader.faults)
    return msgspec.structs.replace(profile, table=table)


class _Reader:
    """Checks one parsed profile and gathers every fault with its line."""

    def __init__(self, file: str, text: str, manifests: Mapping[str, Manifest]) -> None:
        self.file, self.lines, self.manifests = file, text.splitlines(), manifests
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self.way_out: dict[str, str] = {}
        """The proxy of all sources that name none and are not on this computer."""

    def profile(self, table: dict[str, Any]) -> Profile:
        for name in table:
            if name not in (*TABLES, "version"):
                words = f"unknown table or key {name!r}; known: {', '.join(TABLES)}"
                self._fault("", 0, name, words)
        desk = table.get("desk", {})
        if not isinstance(desk, dict):
            self._fault("", 0, "desk", "[desk] must be a table")
            desk = {}
        tables = table.get("source", [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            self._fault("", 0, "source", "write each source as a [[source]] table")
            tables = []
        if not tables:
            self.faults.append(f"{self.file}:1: {NO_SOURCE}")
        allowance = self._link(table.get("link", {}))
        keys = self._keys(table.get("keys", {}))
        sources = [self._source(index, source) for index, source in enumerate(tables)]
        wall = self._wall(table.get("wall", {}))
        frames = self._frames(table.get("frames", {}))
        found = tuple(s for s in sources if s is not None)
        read = self._desk(desk, found, allowance, wall)
        return msgspec.structs.replace(read, keys=keys, frames=frames)

    def check_version(self, version: Any) -> None:
        """Find a fault in the version; raises ProfileError for a newer program's file."""
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._fault("", 0, "version", "version must be a whole number")
        elif version > VERSION:
            words = f"of version {version}: a newer program made it; this one reads up to {VERSION}"
            self._fault("", 0, "version", words)
            raise ProfileError(self.faults, is_newer=True)

    def _keys(self, table: Any) -> dict[str, str]:
        if not isinstance(table, dict):
            self._fault("", 0, "keys", "[keys] must be a table")
            return {}
        for name, key in table.items():
            if not isinstance(key, str):
                self._fault("keys", 0, name, f'{name} must be a key such as "Ctrl+J", or ""')
        return {name: key for name, key in table.items() if isinstance(key, str)}

    def _wall(self, table: Any) -> WallPlace:
        if not isinstance(table, dict):
            self._fault("", 0, "wall", "[wall] must be a table")
            return UNKNOWN_PLACE
        wrong = list(wall_faults(table))
        for name, words in wrong:
            self._fault("wall", 0, name, words)
        return UNKNOWN_PLACE if wrong else read_wall_place(table)

    def _frames(self, table: Any) -> dict[str, Any]:
        if not table:
            return {}
        if not isinstance(table, dict):
            self._fault("frames", 0, "frames", "[frames] must be a table")
            return {}
        from desktop.application.frame_line import line_faults  # Few profiles have it.

        wrong = list(line_faults(table))
        for name, words in wrong:
            self._fault("frames", 0, name, words)
        return {} if wrong else table

    def _link(self, table: Any) -> Allowance:
        if not isinstance(table, dict):
            self._fault("", 0, "link", "[link] must be a table")
            return NO_LIMIT
        out = [each.name for each in proxies.SETTINGS]
        known = (*Allowance.__struct_fields__, *out)
        given = {name: table[name] for name in out if name in table}
        wrong = list(proxies.proxy_faults(given))
        for name, words in wrong:
            self._fault("link", 0, name, words)
        self.way_out = {} if wrong else given
        for name in table:
            if name not in known:
                self._fault("link", 0, name, f"unknown key {name!r}; known: {', '.join(known)}")
        hours = table.get("originals_hours")
        if hours is not None and not (
            isinstance(hours, list)
            and len(hours) == 2
            and all(isinstance(hour, str) and HOURS.fullmatch(hour) for hour in hours)
            and hours[0] != hours[1]
        ):
            words = 'originals_hours must be two different times such as ["22:00", "06:00"]'
            self._fault("link", 0, "originals_hours", words)
            hours = None
        return Allowance(
            daily_bytes=self._whole(table, "daily_bytes", LEAST_DAILY_BYTES),
            originals_hours=None if hours is None else (hours[0], hours[1]),
            max_file_bytes=self._whole(table, "max_file_bytes", 1),
        )

    def _whole(self, table: dict[str, Any], name: str, least: int) -> int | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._fault("link", 0, name, f"{name} must be a whole number of at least {least}")
            return None
        return value

    def _desk(
        self,
        desk: dict[str, Any],
        sources: tuple[SourceSettings, ...],
        allowance: Allowance,
        wall: WallPlace,
    ) -> Profile:
        others = ("sources", "link", "wall", "frames", "keys", "table")
        known = [f for f in Profile.__struct_fields__ if f not in others]
        for name in desk:
            if name not in known:
                self._fault("desk", 0, name, f"unknown key {name!r}; known: {', '.join(known)}")
        given: dict[str, Any] = {
            name: desk[name] for name in known if name in desk and name not in ("title", "name")
        }
        for name, value in list(given.items()):
            if not isinstance(value, str):
                self._fault("desk", 0, name, f"{name} must be text")
                del given[name]
        self._one_of(given, "language", LANGUAGES)
        self._one_of(given, "theme", THEMES)
        self._one_of(given, "text_size", TEXT_SIZES)
        self._one_of(given, "posture", POSTURES)
        self._one_of(given, "single_keys", SWITCH)
        self._check_texts(given)
        name = desk.get("name", re.sub(r"[^a-z0-9_-]", "-", Path(self.file).stem.lower()) or "desk")
        if not isinstance(name, str) or not NAME.fullmatch(name.lstrip("-_") or "!"):
            self._fault("desk", 0, "name", "name must be lower-case letters, digits, - and _")
            name = "desk"
        title = self._text("desk", 0, "title", desk.get("title", ""))
        own = (name.lstrip("-_"), title, sources)
        return Profile(*own, link=allowance, wall=wall, **given)

    def _check_texts(self, given: dict[str, Any]) -> None:
        """Tell the faults of texts of a form of their own; an account without it is left out."""
        if "timezone" in given and not _find_zone(given["timezone"]):
            self._fault("desk", 0, "timezone", f"no such time zone: {given['timezone']}")
        if "day_begins" in given and not re.fullmatch(
            r"([01]\d|2[0-3]):[0-5]\d", given["day_begins"]
        ):
            self._fault("desk", 0, "day_begins", "day_begins must be a time such as 08:30")
        if "account" in given and not ACCOUNT.fullmatch(given["account"] or "0"):
            words = "account must be lower-case letters, digits, ., - and _"
            self._fault("desk", 0, "account", words)
            given["account"] = ""

    def _one_of(self, given: dict[str, Any], name: str, allowed: tuple[str, ...]) -> None:
        if name in given and given[name] not in allowed:
            words = ", ".join(allowed)
            self._fault("desk", 0, name, f"{name} must be one of {words}, not {given[name]!r}")

    def _source(self, index: int, table: dict[str, Any]) -> SourceSettings | None:
        before = len(self.faults)
        identity = table.get("id")
        if not isinstance(identity, str) or not NAME.fullmatch(identity):
            self._fault(
                "source", index, "id", "id is required: lower-case letters, digits, - and _"
            )
        elif identity in self.ids:
            self._fault("source", index, "id", f"id {identity!r} is already used above")
        else:
            self.ids.add(identity)
        kind = table.get("kind")
        manifest = self.manifests.get(kind) if isinstance(kind, str) else None
        if manifest is None:
            kinds = ", ".join(sorted(self.manifests))
            self._fault("source", index, "kind", f"kind must be one of {kinds}, not {kind!r}")
            return None
        title = self._text("source", index, "title", table.get("title", "")) or manifest.title
        period_s = table.get("expected_period_s", manifest.expected_period_s)
        if not _is_number(period_s) or not 0 < period_s <= LONGEST_PERIOD_S:
            words = f"expected_period_s must be above 0 and at most {LONGEST_PERIOD_S}"
            self._fault("source", index, "expected_period_s", words)
            period_s = manifest.expected_period_s
        values = self._values(index, table, manifest)
        if len(self.faults) > before:
            return None
        return SourceSettings(
            id=str(identity),
            kind=manifest.kind,
            title=title,
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

    def _text(self, table: str, index: int, name: str, value: Any) -> Text:
        if isinstance(value, str):
            return Text(value, "")
        if (
            isinstance(value, dict)
            and set(value) <= {"zh", "en"}
            and all(isinstance(v, str) for v in value.values())
        ):
            return Text(value.get("zh", ""), value.get("en", ""))
        self._fault(table, index, name, f'{name} must be text or {{ zh = "…", en = "…" }}')
        return Text()

    def _fault(self, table: str, index: int, name: str, words: str) -> None:
        self.faults.append(f"{self.file}:{self._line(table, index, name)}: {words}")

    def _line(self, table: str, index: int, name: str) -> int:
        """The line of a key, or of its table's head when the key is not written."""
        heads = {name: f"[{name}]" for name in TABLES} | {"source": "[[source]]"}
        start, met = 0, -1
        if table:
            for number, line in enumerate(self.lines):
                if line.split("#")[0].strip().replace(" ", "") == heads[table]:
                    met += 1
                    if met == index:
                        start = number
                        break
        key = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[.=]|\s*\[+\s*{re.escape(name)}\b")
        for number in range(start, len(self.lines)):
            line = self.lines[number]
            if number > start and table and line.lstrip().startswith("["):
                break
            if key.match(line):
                return number + 1
        return start + 1


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


def _find_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
