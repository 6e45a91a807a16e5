"""The county's forms of report tables: `forms.toml` read, checked and put as rows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

import msgspec

from desktop.county_server.db.database import Database
from desktop.protocol.report_forms import FieldType, FormKind, Period, Prefill, form_row_id
from desktop.wire.level1 import Form, FormChoice, FormField, Phrase

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
PREFILL = re.compile(r"([a-z_]+)(?::([\w.,-]+))?")
OF_THE_REPORT = frozenset({"form", "edition", "township", "period", "values"})
"""Names a report has itself, so that no field of a form is called so."""
CHECKED = ("id", "type", "required", "minimum", "maximum", "choices")
"""What of a field reports are checked by, so that it never changes within an edition."""


class WrongForms(ValueError):
    """The file cannot be taken; the text says where and why."""


class _Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""

    def phrase(self) -> Phrase:
        return Phrase(self.zh, self.en)


class _Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str = ""


class _Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    zh: str
    en: str = ""
    type: FieldType = FieldType.COUNT
    unit: _Title | None = None
    note: _Title | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[_Choice, ...] = ()
    prefill: tuple[str, ...] = ()


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str = ""
    field: tuple[_Field, ...] = ()


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    edition: int
    zh: str
    kind: FormKind
    period: Period
    en: str = ""
    section: tuple[_Section, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: tuple[_Form, ...] = ()


def read_forms(text: str) -> tuple[Form, ...]:
    """Return the forms of a `forms.toml`; WrongForms where it is none."""
    try:
        told = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WrongForms(str(error)) from None
    forms = tuple(map(_form, told.form))
    _check_once("form", [form.id for form in forms])
    return forms


def put_forms(database: Database, forms: Iterable[Form]) -> int:
    """Put editions that are new or reworded; return how many. WrongForms where one was given out
    with other fields: that would be another edition."""
    with database.transaction() as transaction:
        for form in forms:
            stored = transaction.get("forms", form.id)
            if isinstance(stored, Form) and _collect_checked(stored) != _collect_checked(form):
                raise WrongForms(f"{form.id}: its fields changed, so it needs a new edition")
        return transaction.put("forms", forms)


def _collect_checked(form: Form) -> Any:
    fields = [
        {name: value for name in CHECKED if (value := _plain(getattr(field, name))) is not None}
        for field in form.fields
    ]
    return form.kind, form.period, fields


def _plain(value: Any) -> Any:
    return [choice.code for choice in value] if isinstance(value, tuple) else value


def _form(told: _Form) -> Form:
    where = f"{told.id}/{told.edition}"
    _check_name(told.id, where)
    if told.edition < 1:
        raise WrongForms(f"{where}: editions are numbered from 1")
    for name, word in (("kind", told.kind), ("period", told.period)):
        if word.is_strange:
            raise WrongForms(f"{where}: no such {name}: {word}")
    fields = [
        _field(section, field, f"{where} {field.id}")
        for section in told.section
        for field in section.field
    ]
    _check_once(where, [field.id for field in fields])
    if not fields:
        raise WrongForms(f"{where}: it has no fields")
    form = Form(
        id=form_row_id(told.id, told.edition),
        form=told.id,
        edition=told.edition,
        title=Phrase(told.zh, told.en),
        kind=told.kind.value,
        period=told.period.value,
        fields=tuple(fields),
        version=1,
    )
    try:
        return msgspec.convert(msgspec.to_builtins(form), Form)
    except msgspec.ValidationError as error:
        raise WrongForms(f"{where}: {error}") from None


def _field(section: _Section, told: _Field, where: str) -> FormField:
    _check_name(told.id, where)
    if told.id in OF_THE_REPORT:
        raise WrongForms(f"{where}: every report has that itself")
    if told.type.is_strange:
        raise WrongForms(f"{where}: no such type: {told.type}")
    if (told.type is FieldType.CHOICE) != bool(told.choices):
        raise WrongForms(f"{where}: choices belong to the type choice, and it needs some")
    _check_once(where, [choice.code for choice in told.choices])
    for word in told.prefill:
        match = PREFILL.fullmatch(word)
        if match is None or match[1] not in {*Prefill}:
            raise WrongForms(f"{where}: no such prefill: {word}")
    return FormField(
        id=told.id,
        title=Phrase(told.zh, told.en),
        type=told.type.value,
        section=Phrase(section.zh, section.en),
        unit=told.unit.phrase() if told.unit else "",
        note=told.note.phrase() if told.note else "",
        required=told.required,
        minimum=told.minimum,
        maximum=told.maximum,
        choices=tuple(FormChoice(each.code, Phrase(each.zh, each.en)) for each in told.choices),
        prefill=told.prefill,
    )


def _check_name(name: str, where: str) -> None:
    if not NAME.fullmatch(name):
        raise WrongForms(f"{where}: an id is of a-z, 0-9, - and _, 40 at most")


def _check_once(where: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise WrongForms(f"{where}: twice: {', '.join(sorted(twice))}")
