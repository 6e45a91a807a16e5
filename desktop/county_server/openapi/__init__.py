"""The OpenAPI 3.1 document of the county API, generated from the wire types."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from desktop.county_server.openapi.bringing import bringing_paths
from desktop.county_server.openapi.examples import EXAMPLES
from desktop.county_server.openapi.guide import GUIDE
from desktop.county_server.openapi.parts import both, problem_responses
from desktop.county_server.openapi.publishing import publishing_paths
from desktop.county_server.openapi.reading import reading_paths
from desktop.county_server.openapi.schemas import all_schemas

VERSION = "1.2.0"


@cache
def document() -> bytes:
    """Return the document as UTF-8 JSON, the same bytes every time; built when first asked for."""
    schemas = all_schemas()
    for name, value in EXAMPLES.items():
        schemas[name]["examples"] = [value]
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "县平台接口（第一级） / County API, level 1",
            "version": VERSION,
            "description": GUIDE,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}],
        "paths": _with_examples(_paths()),
        "components": {
            "schemas": schemas,
            "responses": problem_responses(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": both(
                        "有账号的服务器才要。", "Wanted by a server with accounts only."
                    ),
                }
            },
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _paths() -> dict[str, Any]:
    order = ("session", "snapshot", "changes", "commands", "stream", "sums", "buckets")
    paths = reading_paths() | bringing_paths() | publishing_paths()
    places = {f"/v1/{name}": place for place, name in enumerate(order)}
    ranks = {path: places.get("/".join(path.split("/")[:3]), len(order)) for path in paths}
    return {path: paths[path] for path in sorted(paths, key=lambda path: (ranks[path], path))}


def _with_examples(told: Any) -> Any:
    """Add an example to every body in the paths that is one of the schemas."""
    if isinstance(told, list):
        return [_with_examples(each) for each in told]
    if not isinstance(told, dict):
        return told
    found = {name: _with_examples(each) for name, each in told.items()}
    json_body = found.get("application/json")
    if json_body is not None:
        name = json_body["schema"]["$ref"].rpartition("/")[2]
        json_body = json_body | {"examples": {name: {"value": EXAMPLES[name]}}}
        found["application/json"] = json_body
    return found
