"""Settings as a person types them: each form's text, and the value it stands for in TOML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from desktop.application.addresses import address_fault
from desktop.domain.instant import TIME_OF_DAY, is_time_zone

MEGABYTE = 1_000_000
SHIFT = re.compile(r"(\S+)\s+([^/]*?)\s*(?:/\s*(.*?)\s*)?")


class Unfit(ValueError):
    """What was typed stands for no value; says why in English, as `Words.reason` translates."""


class Form(NamedTuple):
    """How values of one form are typed: shown as text, and read back; Unfit where they cannot."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]


def show(form: str, value: Any) -> str:
    """Return a value as the text of its field; of one of another type, what TOML would say."""
    try:
        return FORMS.get(form, FORMS["text"]).show(value)
    except (TypeError, ValueError, KeyError, AttributeError):
        return str(value)


def read(form: str, text: str) -> Any:
    """Return the value that a field's text stands for; raises Unfit."""
    return FORMS.get(form, FORMS["text"]).read(text)


def _read_number(text: str) -> int | float:
    try:
        value = float(text.replace(",", "").replace("，", ""))
        return int(value) if value == int(value) and "." not in text else value
    except (ValueError, OverflowError):
        raise Unfit("must be a number") from None


def _read_whole(text: str) -> int:
    value = _read_number(text)
    if not isinstance(value, int):
        raise Unfit("must be a whole number")
    return value


def _show_megabytes(value: Any) -> str:
    return f"{value / MEGABYTE:.6f}".rstrip("0").rstrip(".")


def _read_megabytes(text: str) -> int:
    return round(_read_number(text) * MEGABYTE)


def _read_url(text: str) -> str:
    fault = address_fault(text)
    if fault:
        raise Unfit(fault)
    return text


def _read_urls(text: str) -> list[str]:
    return [_read_url(line) for line in _read_lines(text)]


def _read_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_time(text: str) -> str:
    value = text.replace("：", ":")
    value = value if len(value) != len("8:30") else f"0{value}"
    if not TIME_OF_DAY.fullmatch(value):
        raise Unfit("must be a time such as 08:30")
    return value


def _read_hours(text: str) -> list[str]:
    found = [part for part in re.split(r"[\s,，~～–—-]+", text.replace("：", ":")) if part]
    if len(found) != 2 or found[0] == found[1] or not all(map(TIME_OF_DAY.fullmatch, found)):
        raise Unfit("must be two different times such as 22:00 - 06:00")
    return found


def _read_zone(text: str) -> str:
    if not is_time_zone(text):
        raise Unfit(f"no such time zone: {text}")
    return text


def _show_both(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('zh', '')}\n{value.get('en', '')}"
    return f"{value}\n"


def _read_both(text: str) -> Any:
    zh, _, en = (part.strip() for part in text.partition("\n"))
    return {"zh": zh, "en": en} if en else zh


def _show_shifts(value: Any) -> str:
    lines = []
    for each in value:
        zh, _, en = _show_both(each["title"]).partition("\n")
        lines.append(f"{each['begins']} {zh} / {en}" if en else f"{each['begins']} {zh}")
    return "\n".join(lines)


def _read_shifts(text: str) -> list[dict[str, Any]]:
    shifts = []
    for line in _read_lines(text):
        found = SHIFT.fullmatch(line)
        if found is None or not (found[2] or found[3]):
            raise Unfit("write one shift a line, such as 08:30 白班 / Day shift")
        title = _read_both(f"{found[2]}\n{found[3] or ''}")
        shifts.append({"begins": _read_time(found[1]), "title": title})
    return shifts


FORMS: dict[str, Form] = {
    "text": Form(str, str.strip),
    "file": Form(str, str.strip),
    "fingerprint": Form(str, str.strip),
    "choice": Form(str, str),
    "flag": Form(lambda value: "on" if value else "off", lambda text: text == "on"),
    "number": Form(lambda value: f"{value:g}", _read_number),
    "whole": Form(lambda value: f"{value:d}", _read_whole),
    "megabytes": Form(_show_megabytes, _read_megabytes),
    "url": Form(str, _read_url),
    "urls": Form("\n".join, _read_urls),
    "texts": Form("\n".join, _read_lines),
    "hosts": Form("\n".join, _read_lines),
    "time": Form(str, _read_time),
    "hours": Form(" - ".join, _read_hours),
    "zone": Form(str, _read_zone),
    "both": Form(_show_both, _read_both),
    "shifts": Form(_show_shifts, _read_shifts),
}
"""Every form by its name; the types of a manifest's settings are among them."""
LINES = ("urls", "texts", "hosts", "shifts")
"""Forms of one item a line."""
