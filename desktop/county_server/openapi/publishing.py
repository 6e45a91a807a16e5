"""The OpenAPI paths for what a county publishes for its desks: settings, and newer programs."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.bringing import BINARY, DIGEST
from desktop.county_server.openapi.parts import (
    TAG,
    both,
    cacheable_answers,
    json_answer,
    responses,
)


def publishing_paths() -> dict[str, Any]:
    """Return the paths of bulletins and of the packages that they name."""
    return {
        "/v1/bulletins": {"get": _read_bulletins()},
        "/v1/packages/{digest}": {"get": _read_package()},
    }


def _read_bulletins() -> dict[str, Any]:
    return {
        "operationId": "readBulletins",
        "summary": "县里发布的设置和新版程序 / Settings and newer programs that a county publishes",
        "description": both(
            "可选：没有发布过，答 404。客户端每小时问一次，带上次的标签（`If-None-Match`）。"
            "每一条的 `text` 是 JSON（kind 为 settings 时是 CentralSettings，为 update 时是"
            " ProgramUpdate），签名针对逐字节的 `text`："
            "Ed25519，对 `county-desk/bulletin/1`、kind、county、text，四者之间各一个换行。"
            "客户端只信与县平台配对时得到的、或指纹写在配置里的公钥；"
            "编号（version）只增不减，见过的和更小的不再采用。认不得的种类略过。",
            "Optional: 404 where nothing was ever published. A client asks once an hour, with the"
            " last tag in `If-None-Match`. The `text` of each is JSON (`CentralSettings` for the"
            " kind `settings`, `ProgramUpdate` for `update`) and is signed byte for byte: Ed25519"
            " over `county-desk/bulletin/1`, kind, county and text, with a line feed between each."
            " A client trusts the public keys of its pairing with the county, or those whose"
            " fingerprint stands in its profile, and no others. `version` only grows: what was"
            " seen, and anything below it, is not taken again. Unknown kinds are passed over.",
        ),
        "responses": responses(
            404,
            s200=json_answer("Bulletins", "现在的各条。", "Those of now.", headers=TAG),
            s304={"description": both("没有变。", "Not changed.")},
        ),
    }


def _read_package() -> dict[str, Any]:
    return {
        "operationId": "readPackage",
        "summary": "软件包 / A package of the program",
        "description": both(
            "可选：ProgramUpdate 列出的一个文件。内容永远不变，标签就是摘要。"
            "支持 `Range` 与 `If-Range`。",
            "Optional: one of the files of a `ProgramUpdate`. Immutable; its tag is its digest."
            " `Range` and `If-Range` are served.",
        ),
        "parameters": [DIGEST],
        "responses": responses(
            404,
            416,
            **cacheable_answers(
                "整个文件。",
                "The whole file.",
                {"application/octet-stream": BINARY},
            ),
        ),
    }
