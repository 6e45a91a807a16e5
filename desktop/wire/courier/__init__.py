"""Courier bundles: what the network would carry, as one signed and encrypted file on a stick.

`resources/county-api/courier.md` describes the format. Nothing here reads or writes a file.
"""

from desktop.wire.courier.bodies import (
    ArrivedFile,
    Chunk,
    CountyData,
    Delivery,
    DeliveryReceipt,
    decode_delivery,
    decode_receipt,
    encode_body,
)
from desktop.wire.courier.bundle import (
    HEAD_BYTES,
    Direction,
    Header,
    name_bundle,
    name_receipt,
    read_header,
    read_number,
    seal,
    unseal,
)
from desktop.wire.courier.carried import Carried, Remark, find_bundles
from desktop.wire.courier.code_pictures import draw_codes
from desktop.wire.courier.keys import PrivateKeys, PublicKeys, derive_office_secret
from desktop.wire.courier.pairing import Pairing, read_pairing, write_pairing
from desktop.wire.courier.problems import BundleError, Fault

__all__ = [
    "HEAD_BYTES",
    "ArrivedFile",
    "BundleError",
    "Carried",
    "Chunk",
    "CountyData",
    "Delivery",
    "DeliveryReceipt",
    "Direction",
    "Fault",
    "Header",
    "Pairing",
    "PrivateKeys",
    "PublicKeys",
    "Remark",
    "decode_delivery",
    "decode_receipt",
    "derive_office_secret",
    "draw_codes",
    "encode_body",
    "find_bundles",
    "name_bundle",
    "name_receipt",
    "read_header",
    "read_number",
    "read_pairing",
    "seal",
    "unseal",
    "write_pairing",
]
