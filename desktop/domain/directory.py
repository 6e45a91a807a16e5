"""The county's directory: whom to call (通讯录), and what is done by which plan (预案)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.protocol.word import OpenWord


class PhoneKind(OpenWord):
    """Where a telephone rings."""

    DUTY = "duty"  # 值班
    OFFICE = "office"  # 办公
    MOBILE = "mobile"  # 手机
    SATELLITE = "satellite"  # 卫星电话
    UNKNOWN = "unknown"


class Phone(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One telephone, its number as the county writes it."""

    number: str
    kind: PhoneKind


class Contact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A post at a unit, who holds it, and its telephones."""

    source: str
    id: str
    unit: Text
    post: Text = Text()
    person: Text = Text()
    township: str = ""
    """Empty for the whole county's."""
    position: int = 0
    """Its place in the county's own sequence."""
    phones: tuple[Phone, ...] = ()
    note: Text = Text()
    version: int = 0


class PlanStep(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing to do."""

    text: Text
    unit: Text = Text()
    """Who does it."""
    contact: str = ""
    """The id of the contact to call for it."""


class PlanSection(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Steps under one heading."""

    title: Text
    steps: tuple[PlanStep, ...] = ()


class Plan(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An emergency plan, in short steps."""

    source: str
    id: str
    title: Text
    categories: tuple[str, ...] = ()
    """Codes of the incidents it is for; none for any."""
    levels: tuple[EventLevel, ...] = ()
    """Levels it is for; none for any."""
    township: str = ""
    """Empty for the whole county's."""
    edition: Text = Text()
    issued_on: str = ""
    """A date."""
    position: int = 0
    sections: tuple[PlanSection, ...] = ()
    version: int = 0

    def fits(self, category: str, level: EventLevel, township: str) -> bool:
        """Whether it is for such an incident of that township."""
        return (
            (not self.categories or category in self.categories)
            and (not self.levels or level in self.levels)
            and self.township in ("", township)
        )


def index_contacts(contacts: Iterable[Contact]) -> dict[tuple[str, str], Contact]:
    """Return contacts by their source and id: two counties may number theirs alike."""
    return {(each.source, each.id): each for each in contacts}


def find_plans(
    plans: Iterable[Plan], category: str, level: EventLevel, township: str
) -> tuple[Plan, ...]:
    """Return the plans for such an incident, those made for just that before general ones."""
    fitting = (plan for plan in plans if plan.fits(category, level, township))
    return tuple(
        sorted(
            fitting,
            key=lambda plan: (not plan.categories, not plan.levels, not plan.township),
        )
    )


def find_duty_phone(contacts: Iterable[Contact]) -> tuple[Contact, Phone] | None:
    """Return the first number that rings day and night at the county; None where it gives none."""
    for contact in contacts:
        for phone in contact.phones:
            if phone.kind is PhoneKind.DUTY and not contact.township:
                return contact, phone
    return None
