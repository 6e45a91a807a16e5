"""Building blocks of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.problem_types import PREFIX, PROBLEM_TYPES
from desktop.wire.level2 import MEDIA


def both(zh: str, en: str) -> str:
    """Join a description in both languages, Chinese first."""
    return f"{zh}\n\n{en}"


def ref(name: str) -> dict[str, Any]:
    """Make a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_content(name: str) -> dict[str, Any]:
    """Describe a body that is one JSON object, with the examples of its schema."""
    return {"application/json": {"schema": ref(name)}}


COMPACT = {MEDIA: {"schema": {"type": "string", "format": "binary"}}}
"""Level 2, negotiated by `Accept`."""
MARK = {
    "M": {
        "description": both(
            "仅在未加密的线路上：答复以此自证，见 serving.md。第一级服务器可以不给。",
            "Unencrypted only: by this the answer proves itself, as serving.md has it. A level 1"
            " server may leave it out.",
        ),
        "schema": {"type": "string", "minLength": 4, "maxLength": 4},
    }
}
AGE = {
    "Data-Time": {
        "description": both(
            "可选：行比答复旧时（例如来自文件），说明它们截至何时；没有则与答复一样新。",
            "Optional: as of when the rows are, where they are older than the answer, as from"
            " files; without it they are as new as the answer.",
        ),
        "schema": {"type": "string", "format": "date-time"},
    }
}
TAG = {
    "ETag": {
        "description": both(
            "强标签：同样的标签永远是同样的字节。", "Strong: one tag is always the same bytes."
        ),
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    }
}
RANGE = {
    "Content-Range": {
        "description": both("哪些字节。", "Which bytes."),
        "required": True,
        "schema": {"type": "string", "pattern": "^bytes [0-9]+-[0-9]+/[0-9]+$"},
    }
}


def responses(*problem_statuses: int, **good: dict[str, Any]) -> dict[str, Any]:
    """Build the responses of one call: good ones as `s200=`, problems by status."""
    told: dict[str, Any] = {name.removeprefix("s"): value for name, value in good.items()}
    for status in sorted({*problem_statuses, 401, 405, 421, 429, 500, 503}):
        told[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return told


def query(name: str, schema: dict[str, Any], zh: str, en: str, **more: Any) -> dict[str, Any]:
    """Describe a parameter of the query."""
    told = {"name": name, "in": "query", "description": both(zh, en), "schema": schema}
    return told | more


def json_body(name: str, zh: str, en: str) -> dict[str, Any]:
    """Describe a required request body of one JSON object."""
    return {"required": True, "description": both(zh, en), "content": json_content(name)}


def json_answer(
    name: str, zh: str, en: str, *, compact: bool = False, headers: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Describe a good answer of one JSON object and, if `compact`, alternatively of level 2."""
    told: dict[str, Any] = {"description": both(zh, en)}
    if headers is not None:
        told["headers"] = headers
    return told | {"content": json_content(name) | (COMPACT if compact else {})}


def cacheable_answers(zh: str, en: str, content: dict[str, Any]) -> dict[str, Any]:
    """Describe the good answers of immutable content: whole, partial, or not modified."""
    return {
        "s200": {"description": both(zh, en), "headers": TAG, "content": content},
        "s206": {
            "description": both("所要的那一段。", "The part asked for."),
            "headers": TAG | RANGE,
            "content": content,
        },
        "s304": {"description": both("没有变。", "Not changed.")},
    }


def list_parameter(name: str, item: dict[str, Any], most: int, zh: str, en: str) -> dict[str, Any]:
    """Describe a parameter of the query with one or more comma-separated values."""
    schema = {"type": "array", "items": item, "minItems": 1, "maxItems": most}
    return query(name, schema, zh, en, required=True, explode=False)


DICTIONARY = query(
    "d",
    {"type": "string"},
    "第二级：请用这个字典，服务器有的话。",
    "Level 2: the dictionary to use, if the server has it.",
)


TABLES = query(
    "tables",
    {"type": "integer", "minimum": 0, "maximum": 2**31},
    "客户端读得懂前多少个种类；不说即头十个。",
    "How many collections the client reads; the first ten unless it says more.",
)


def problem_responses() -> dict[str, Any]:
    """Describe each problem status, with its problem types and one example."""
    return {f"Problem{status}": _problem(status) for status in STATUSES}


STATUSES = (
    *(400, 401, 404, 405, 406, 409, 410, 413),
    *(415, 416, 421, 422, 429, 500, 503, 507),
)


def _problem(status: int) -> dict[str, Any]:
    kinds = [kind for kind, (zh, _) in PROBLEM_TYPES.items() if str(status) in zh]
    zh = "".join(f"\n- `{kind}`: {PROBLEM_TYPES[kind][0]}" for kind in kinds)
    en = "".join(f"\n- `{kind}`: {PROBLEM_TYPES[kind][1]}" for kind in kinds)
    example: dict[str, Any] = {
        "type": PREFIX + kinds[0],
        "title": TITLES[status],
        "status": status,
    }
    content = {"schema": ref("ProblemDetails"), "examples": {kinds[0]: {"value": example}}}
    told: dict[str, Any] = {
        "description": both(f"`type` 以其一结尾：{zh}", f"`type` ends with one of:{en}"),
        "content": {"application/problem+json": content},
    }
    if status in HEADERS:
        name, says = HEADERS[status]
        told["headers"] = {
            name: {"description": both(*says), "required": True, "schema": {"type": "string"}}
        }
    return told


TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    507: "Insufficient Storage",
}
HEADERS = {
    401: ("WWW-Authenticate", ("总是 `Bearer`。", "Always `Bearer`.")),
    405: ("Allow", ("可用的方法。", "The methods there are.")),
    429: ("Retry-After", ("多少秒以后再来。", "Come again after so many seconds.")),
    503: ("Retry-After", ("多少秒以后再来。", "Come again after so many seconds.")),
    507: ("Retry-After", ("多少秒以后再来。", "Come again after so many seconds.")),
}
