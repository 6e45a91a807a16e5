"""The county's directory as people edit it: `contacts.toml` and `plans.toml` read and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.load.told import in_words, show
from desktop.protocol.levels import GRADES
from desktop.wire.level1 import Contact, Phone, Phrase, Plan, PlanSection, PlanStep
from desktop.wire.vocabularies import VOCABULARIES

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{1,39}(转[0-9]{1,8})?")
KINDS = tuple(kind for kind in VOCABULARIES["PhoneKind"].words if kind != "unknown")
WRONG_ID = ("id 由 a-z、0-9、- 和 _ 组成，至多 60 字", "an id is of a-z, 0-9, - and _, 60 at most")
LEVELS = (*GRADES, "none")
MOST_BYTES = 4_000_000


class WrongDirectory(ValueError):
    """The file cannot be taken; the text says where and why, in Chinese and in English."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}: {zh} / {en}")
        self.where, self.zh, self.en = where, zh, en


class _Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""


Said = str | _Title


class _Post(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    zh: str
    en: str = ""
    person: Said = ""
    phones: tuple[Phone, ...] = ()
    note: Said = ""


class _Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""
    township: str = ""
    post: tuple[_Post, ...] = ()


class _Contacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unit: tuple[_Unit, ...] = ()


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""
    unit: Said = ""
    contact: str = ""


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""
    step: tuple[_Step, ...] = ()


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    zh: str
    en: str = ""
    categories: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    township: str = ""
    edition: Said = ""
    issued_on: date | None = None
    section: tuple[_Section, ...] = ()


class _Plans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plan: tuple[_Plan, ...] = ()


T = TypeVar("T")
R = TypeVar("R", Contact, Plan)


def read_contacts(text: str) -> tuple[Contact, ...]:
    """Return the contacts of a `contacts.toml`, in its own sequence; else WrongDirectory."""
    told = _decode(text, _Contacts)
    found = [
        _contact(unit, post, place)
        for place, (unit, post) in enumerate((u, p) for u in told.unit for p in u.post)
    ]
    return _check_all(found)


def read_plans(text: str) -> tuple[Plan, ...]:
    """Return the plans of a `plans.toml`, in its own sequence; else WrongDirectory."""
    return _check_all([_plan(each, place) for place, each in enumerate(_decode(text, _Plans).plan)])


def find_unknown_contacts(plans: Sequence[Plan], known: Collection[str]) -> Iterator[str]:
    """Yield `plan: contact` for each contact that a step names and the directory lacks."""
    for plan in plans:
        for section in plan.sections:
            for step in section.steps:
                if step.contact and step.contact not in known:
                    yield f"{plan.id}: {step.contact}"


def _decode(text: str, kind: type[T]) -> T:
    if len(text) > MOST_BYTES:
        raise WrongDirectory("-", "文件太大", "the file is too large")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        says = show(error)
        raise WrongDirectory("-", f"不是可读的 TOML：{says}", f"not TOML: {says}") from None
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        raise WrongDirectory(place.strip("`") or "-", *in_words(what)) from None


def _contact(unit: _Unit, post: _Post, place: int) -> Contact:
    if not post.phones:
        raise WrongDirectory(show(post.id), "没有电话", "it has no phone")
    for phone in post.phones:
        if phone.kind not in KINDS:
            kinds = ", ".join(KINDS)
            word = show(phone.kind)
            raise WrongDirectory(
                show(post.id), f"没有这种电话：{word}（{kinds}）", f"no such kind: {word} ({kinds})"
            )
        if not NUMBER.fullmatch(phone.number):
            word = show(phone.number)
            raise WrongDirectory(show(post.id), f"不是电话号码：{word}", f"no number: {word}")
    return Contact(
        id=post.id,
        unit=Phrase(unit.zh, unit.en),
        post=Phrase(post.zh, post.en),
        person=_phrase(post.person),
        township=unit.township,
        position=place,
        phones=post.phones,
        note=_phrase(post.note),
        version=1,
    )


def _plan(told: _Plan, place: int) -> Plan:
    for level in told.levels:
        if level not in LEVELS:
            word, levels = show(level), ", ".join(LEVELS)
            raise WrongDirectory(
                show(told.id),
                f"没有这个等级：{word}（{levels}）",
                f"no such level: {word} ({levels})",
            )
    if not any(section.step for section in told.section):
        raise WrongDirectory(show(told.id), "没有步骤", "it has no steps")
    return Plan(
        id=told.id,
        title=Phrase(told.zh, told.en),
        categories=told.categories,
        levels=told.levels,
        township=told.township,
        edition=_phrase(told.edition),
        issued_on=told.issued_on.isoformat() if told.issued_on else "",
        position=place,
        sections=tuple(map(_section, told.section)),
        version=1,
    )


def _section(told: _Section) -> PlanSection:
    steps = (
        PlanStep(Phrase(each.zh, each.en), _phrase(each.unit), each.contact) for each in told.step
    )
    return PlanSection(Phrase(told.zh, told.en), tuple(steps))


def _phrase(said: Said) -> Phrase | str:
    return said if isinstance(said, str) else Phrase(said.zh, said.en)


def _check_all(rows: list[R]) -> tuple[R, ...]:
    """Return the rows, which have ids of their own and keep within what level 1 allows."""
    seen: set[str] = set()
    for row in rows:
        if not NAME.fullmatch(row.id):
            raise WrongDirectory(show(row.id), *WRONG_ID)
        if row.id in seen:
            raise WrongDirectory(row.id, "同一个 id 两次", "the same id twice")
        seen.add(row.id)
        try:
            msgspec.convert(msgspec.to_builtins(row), type(row))
        except msgspec.ValidationError as error:
            raise WrongDirectory(row.id, *in_words(str(error))) from None
    return tuple(rows)


def put_directory(database: Database, contacts: Sequence[Contact], plans: Sequence[Plan]) -> None:
    """Make the database hold exactly these contacts and plans, in one transaction."""
    given: tuple[tuple[str, Sequence[Contact | Plan]], ...] = (
        ("contacts", contacts),
        ("plans", plans),
    )
    with database.transaction() as transaction:
        for collection, rows in given:
            kept = {row.id for row in rows}
            known = (str(row.id) for row in database.rows(collection))  # type: ignore[attr-defined]
            transaction.put(collection, rows)
            transaction.delete(collection, [each for each in known if each not in kept])
