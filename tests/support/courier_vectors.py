"""The published test vectors of courier bundles: courier_vectors.py writes them anew.

Nothing else writes them: a change of theirs is a change of the format.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from desktop.wire import courier  # noqa: E402 - needs the path above
from desktop.wire.courier import (  # noqa: E402
    ArrivedFile,
    Chunk,
    Delivery,
    DeliveryReceipt,
    Direction,
    Pairing,
    PrivateKeys,
)
from desktop.wire.courier.codes import cut_bundle  # noqa: E402

FILE = ROOT / "resources" / "county-api" / "vectors" / "courier.json"
COUNTY, OFFICE, NUMBER = "5b1f0c6a2d4e4f7c9a3b8d7e6f102938", "dongqiao", 1_764_205_200_123
OFFICE_KEYS, COUNTY_KEYS = PrivateKeys(bytes(range(64))), PrivateKeys(bytes(range(64, 128)))
ONCE = bytes(range(128, 160))
CONTENT = b"a picture of the bridge"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
REQUEST = {
    "epoch": "e1",
    "fence": 7,
    "client": "c0ffee",
    "commands": [
        {
            "key": "0123456789abcdef0123456789abcdef",
            "seq": 12,
            "kind": "note",
            "target": "inc-3",
            "collection": "incidents",
            "at": "2026-11-27T01:00:00Z",
            "by": "张伟",
            "base": 4,
            "body": {"text": "桥面积水"},
            "clock": "2026-11-27T00:58:00Z",
        }
    ],
    "offset_ms": 120000,
}
ANSWER = {
    "magic": "county-desk/1",
    "epoch": "e1",
    "results": [
        {"key": "0123456789abcdef0123456789abcdef", "status": "accepted", "version": 5},
    ],
}


def in_json(value: Any) -> bytes:
    """The bytes of a message, as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


UP = Delivery(
    NUMBER,
    OFFICE,
    (in_json(REQUEST),),
    (Chunk(DIGEST, len(CONTENT), "image/jpeg", 0, CONTENT),),
    echo="3f9c0a51",
    tables=12,
)


def sealed_up() -> bytes:
    """The bundle of the vector."""
    names = (COUNTY, OFFICE, NUMBER)
    body = courier.encode_body(UP, pack=False)
    return courier.seal(Direction.UP, names, body, OFFICE_KEYS, COUNTY_KEYS.public, ONCE)


def receipt() -> DeliveryReceipt:
    """The receipt of that bundle."""
    whole = hashlib.sha256(sealed_up()).hexdigest()
    arrived = (ArrivedFile(DIGEST, len(CONTENT), len(CONTENT)),)
    return DeliveryReceipt(
        *(NUMBER + 5000, whole, "e1", (in_json(ANSWER),), arrived),
        echo=UP.echo,
        earlier=("d7", "d9"),
        keys_kept_s=34_560_000,
        set_back_to=NUMBER - 86_400_000,
    )


def sealed_receipt() -> bytes:
    """The receipt's own bundle."""
    names = (COUNTY, OFFICE, NUMBER)
    body = courier.encode_body(receipt(), pack=False)
    return courier.seal(Direction.RECEIPT, names, body, COUNTY_KEYS, OFFICE_KEYS.public, ONCE)


def pairing(side: str, keys: PrivateKeys) -> str:
    """The pairing file of one side."""
    public = keys.public
    receiver = OFFICE_KEYS.public.id if side == "county" else b""
    halves = (public.signing, public.agreement)
    made = Pairing(side, COUNTY, OFFICE, *halves, receiver)  # type: ignore[arg-type]
    return courier.write_pairing(made)


def keys_value(keys: PrivateKeys) -> Any:
    """A side's keys as the vectors give them."""
    return {
        "private": keys.seed.hex(),
        "signing": keys.public.signing.hex(),
        "agreement": keys.public.agreement.hex(),
        "id": keys.public.id.hex(),
        "fingerprint": keys.public.fingerprint,
    }


def body_value(body: Delivery | DeliveryReceipt) -> Any:
    """A body in JSON: requests and answers as JSON values, bytes of files in base 64."""
    value = msgspec.to_builtins(body)
    for name in ("requests", "answers"):
        if name in value:
            value[name] = [json.loads(base64.b64decode(each)) for each in value[name]]
    return value


def vectors() -> Any:
    """All of them, as the file holds them."""
    secret = courier.derive_office_secret(OFFICE_KEYS, COUNTY_KEYS.public, COUNTY, OFFICE)
    return {
        "county": COUNTY,
        "office": OFFICE,
        "number": NUMBER,
        "office_keys": keys_value(OFFICE_KEYS),
        "county_keys": keys_value(COUNTY_KEYS),
        "ephemeral_private": ONCE.hex(),
        "office_pairing": pairing("office", OFFICE_KEYS),
        "county_pairing": pairing("county", COUNTY_KEYS),
        "office_secret": secret.hex(),
        "up": {"body": body_value(UP), "bundle": sealed_up().hex()},
        "codes": cut_bundle(sealed_up()),
        "receipt": {"body": body_value(receipt()), "bundle": sealed_receipt().hex()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
