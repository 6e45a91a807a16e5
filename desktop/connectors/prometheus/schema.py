"""The JSON of Prometheus and Alertmanager, only the fields that are used."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.protocol.limits import ID_CHARS, LABEL_CHARS, READINGS, TEXT_CHARS

Label = Annotated[str, Meta(max_length=LABEL_CHARS)]
Labels = dict[Label, Label]
Prose = Annotated[str, Meta(max_length=TEXT_CHARS)]
Moment = Annotated[datetime, Meta(tz=True)]


class Target(msgspec.Struct, frozen=True, rename="camel"):
    """One of `/api/v1/targets`."""

    labels: Labels
    health: Label
    last_scrape: Moment
    last_error: Prose = ""


class Targets(msgspec.Struct, frozen=True, rename="camel"):
    active_targets: list[msgspec.Raw] | None


class Series(msgspec.Struct, frozen=True):
    """One series of an instant vector."""

    metric: Labels
    value: tuple[float, Label]


class LongSeries(msgspec.Struct, frozen=True):
    """One series of a range."""

    metric: Labels
    values: Annotated[list[tuple[float, Label]], Meta(max_length=READINGS)]


class Result(msgspec.Struct, frozen=True):
    result: list[msgspec.Raw] | None


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """The wrapper of every answer of Prometheus; an error can hide in a 200."""

    status: str
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error_type: str = ""
    error: str = ""
    warnings: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    """Warnings from servers that query several stores, about a store that did not answer."""


class BuildInfo(msgspec.Struct, frozen=True):
    version: str = "?"


class AlertStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: Label
    silenced_by: list[Label] = []
    inhibited_by: list[Label] = []


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """One of `/api/v2/alerts`."""

    fingerprint: Annotated[str, Meta(min_length=1, max_length=ID_CHARS)]
    labels: Labels
    starts_at: Moment
    status: AlertStatus
    annotations: dict[Label, Prose] = {}


class Matcher(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True


class Silence(msgspec.Struct, frozen=True, rename="camel"):
    """One of `/api/v2/silences`."""

    id: str
    comment: str
    created_by: str
    starts_at: Moment
    """When it came into force; Alertmanager allows no start before it was made."""
    matchers: tuple[Matcher, ...] = ()


class NewSilence(msgspec.Struct, frozen=True, rename="camel"):
    matchers: tuple[Matcher, ...]
    starts_at: Moment
    ends_at: Moment
    created_by: str
    comment: str


class AlertmanagerStatus(msgspec.Struct, frozen=True, rename="camel"):
    version_info: dict[str, str] = {}
    uptime: Moment | None = None
    """The time when it was started, whatever the name says."""
