"""A county's directory at level 1: whom to call, and what is done by which plan."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.protocol.limits import PARTS
from desktop.wire.parts import AnyPhrase, Count, Id, Version, Word

Words = Annotated[tuple[Word, ...], Meta(max_length=PARTS)]


class Phone(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    number: Word
    kind: Word = "office"


class Contact(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A post at a unit, who holds it, and its telephones."""

    id: Id
    unit: AnyPhrase
    post: AnyPhrase = ""
    person: AnyPhrase = ""
    township: Word = ""
    position: Count = 0
    phones: Annotated[tuple[Phone, ...], Meta(max_length=PARTS)] = ()
    note: AnyPhrase = ""
    version: Version = 0


class PlanStep(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    text: AnyPhrase
    unit: AnyPhrase = ""
    contact: Word = ""


class PlanSection(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    title: AnyPhrase
    steps: Annotated[tuple[PlanStep, ...], Meta(max_length=PARTS)] = ()


class Plan(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An emergency plan, in short steps."""

    id: Id
    title: AnyPhrase
    categories: Words = ()
    levels: Words = ()
    township: Word = ""
    edition: AnyPhrase = ""
    issued_on: Word = ""
    position: Count = 0
    sections: Annotated[tuple[PlanSection, ...], Meta(max_length=PARTS)] = ()
    version: Version = 0
