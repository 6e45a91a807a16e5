"""What a county publishes for its desks, signed: central settings, and newer programs.

`GET /v1/bulletins`. Only the text within a bulletin counts, byte for byte as it was signed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from desktop.protocol.central_settings import FORM
from desktop.protocol.limits import (
    BULLETIN_BYTES,
    BULLETIN_CHARS,
    PACKAGE_BYTES,
    PACKAGES,
    SETTINGS_GROUPS,
)
from desktop.wire.courier.keys import PrivateKeys, PublicKeys
from desktop.wire.parts import Digest, Id, Moment, Phrase, Word

SIGNED = b"county-desk/bulletin/1\n"
Signature = Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]
Number = Annotated[int, Meta(ge=1, le=2**53)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,99}(?!\n)$")]
"""Of a file. `$` alone would also stand before a last line break."""
SETTINGS, UPDATE = "settings", "update"


class Bulletin(msgspec.Struct, frozen=True):
    """One signed text; of a kind it does not know a desk takes none."""

    kind: Word
    text: Annotated[str, Meta(max_length=BULLETIN_CHARS)]
    """JSON of `CentralSettings` or `ProgramUpdate`."""
    signing: Digest
    agreement: Digest
    """The county's public keys, by which its desks know it."""
    signature: Signature
    """Ed25519, over kind, county and text as `bytes_to_sign` joins them."""


class Bulletins(msgspec.Struct, frozen=True):
    """All that a county has published, of each kind the newest."""

    magic: str
    county: Id
    """Identity of the county's server, as in a courier bundle."""
    bulletins: Annotated[tuple[Bulletin, ...], Meta(max_length=10)] = ()


class SettingsGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings for some desks; what a later group says of a setting counts before."""

    settings: dict[Word, dict[Word, Any]] = {}
    """By the table and name that they have in a profile."""
    fixed: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    """Those of them, as `table.name`, that a desk's own profile cannot change."""
    sources: Annotated[tuple[dict[Word, Any], ...], Meta(max_length=20)] = ()
    """Sources to add, as a profile has them."""
    postures: Annotated[tuple[Literal["desk", "wall", "township"], ...], Meta(max_length=3)] = ()
    """For which windows; empty for all."""
    townships: Annotated[tuple[Id, ...], Meta(max_length=SETTINGS_GROUPS)] = ()
    """For offices of which townships; empty for all desks."""
    form: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Desks that only know earlier forms leave the group out."""


class CentralSettings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What desks start with; a later one has a higher number, also one that takes all back."""

    version: Number
    made_at: Moment
    by: Word = ""
    """Who made it, for people."""
    groups: Annotated[tuple[SettingsGroup, ...], Meta(max_length=SETTINGS_GROUPS)] = ()


class _Settings(msgspec.Struct, forbid_unknown_fields=True):
    """As `CentralSettings`, its groups not read yet."""

    version: Number
    made_at: Moment
    by: Word = ""
    groups: Annotated[tuple[msgspec.Raw, ...], Meta(max_length=SETTINGS_GROUPS)] = ()


class _Form(msgspec.Struct):
    """A group's form; whatever else it says may be for newer programs."""

    form: Annotated[int, Meta(ge=1, le=1000)] = 1


class Package(msgspec.Struct, frozen=True):
    """One file of a newer program, at `GET /v1/packages/{digest}`."""

    kind: Word
    """`deb`, `deb13`, `wheel`, `uos`, `folder` or another."""
    name: Name
    size: Annotated[int, Meta(ge=1, le=PACKAGE_BYTES)]
    digest: Digest


class ProgramUpdate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newer program; without `program` the one that was told of before is taken back."""

    version: Number
    made_at: Moment
    program: Annotated[str, Meta(pattern=r"^([0-9]{1,6}(\.[0-9]{1,6}){0,3})?(?!\n)$")] = ""
    """The program's version, as `county-desk --version` tells it."""
    begins_at: Moment | None = None
    """Before this nobody is told."""
    words: Phrase = Phrase()
    """What is new and what to do, for the officer."""
    packages: Annotated[tuple[Package, ...], Meta(max_length=PACKAGES)] = ()


class Forged(Exception):
    """A bulletin that is not this county's; says why in one word."""


def write_text(content: CentralSettings | ProgramUpdate) -> str:
    """Return the text to sign; raises `msgspec.ValidationError` where no desk could read it."""
    text = msgspec.json.encode(content, order="deterministic").decode()
    if len(text) > BULLETIN_CHARS:
        raise msgspec.ValidationError(f"longer than {BULLETIN_CHARS} characters")
    if len(msgspec.json.encode(text)) > BULLETIN_BYTES:
        raise msgspec.ValidationError(f"longer than {BULLETIN_BYTES} bytes")
    msgspec.json.decode(text, type=type(content))
    return text


def write_bulletin(
    kind: str, content: CentralSettings | ProgramUpdate, county: str, keys: PrivateKeys
) -> Bulletin:
    """Return a signed bulletin; raises `msgspec.ValidationError` as `write_text` does."""
    text = write_text(content)
    signature = keys.sign(bytes_to_sign(kind, county, text))
    halves = (keys.public.signing.hex(), keys.public.agreement.hex())
    return Bulletin(kind, text, *halves, signature.hex())


def bytes_to_sign(kind: str, county: str, text: str) -> bytes:
    """Return the bytes that a signature is over."""
    return SIGNED + f"{kind}\n{county}\n{text}".encode()


def is_signed(bulletin: Bulletin, county: str) -> bool:
    """Whether a bulletin's own keys have signed it as this county's, whoever they belong to."""
    keys = PublicKeys(bytes.fromhex(bulletin.signing), bytes.fromhex(bulletin.agreement))
    told = bytes_to_sign(bulletin.kind, county, bulletin.text)
    return keys.is_signed(bytes.fromhex(bulletin.signature), told)


def read_bulletin(bulletin: Bulletin, county: str, fingerprint: str) -> str:
    """Return the text of a county's bulletin, not looked at yet; Forged where it is not its own."""
    keys = PublicKeys(bytes.fromhex(bulletin.signing), bytes.fromhex(bulletin.agreement))
    if keys.fingerprint != fingerprint:
        raise Forged("key")
    if not is_signed(bulletin, county):
        raise Forged("signature")
    return bulletin.text


def read_settings(text: str) -> CentralSettings:
    """Return what settings say, of groups of later forms only their form; raises `msgspec`'s."""
    told = msgspec.json.decode(text, type=_Settings)
    groups = tuple(map(_read_group, told.groups))
    return CentralSettings(told.version, told.made_at, told.by, groups)


def _read_group(said: msgspec.Raw) -> SettingsGroup:
    form = msgspec.json.decode(said, type=_Form).form
    if form > FORM:
        return SettingsGroup(form=form)
    return msgspec.json.decode(said, type=SettingsGroup)
