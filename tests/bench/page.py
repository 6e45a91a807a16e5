"""The peer's page: the same list and the same map, as an ordinary web page has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("number", "level", "title", "stage", "township", "lead_unit", "due_at", "address")
HTML = """\
<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>loading</title>
<style>
body { margin: 0; display: grid; grid-template-columns: 1fr 1fr; height: 100vh }
body { font: 14px sans-serif }
#list { overflow: auto } td { border-bottom: 1px solid #ddd; padding: 4px 8px; height: 36px }
svg { width: 100%; height: 100% } circle { fill: #555 } .open { fill: #c00 }
</style>
<div id="list"><table><tbody></tbody></table></div><svg viewBox="0 0 1000 1000"></svg>
<script>
const incidents = DATA_INCIDENTS, assets = DATA_ASSETS, columns = DATA_COLUMNS;
const body = document.querySelector("tbody");
for (const one of incidents) {
  const row = body.insertRow();
  for (const name of columns) row.insertCell().textContent = one[name] ?? "";
}
const placed = [...incidents, ...assets].filter(one => one.lon !== null);
const lons = placed.map(one => one.lon), lats = placed.map(one => one.lat);
const west = Math.min(...lons), east = Math.max(...lons);
const south = Math.min(...lats), north = Math.max(...lats);
const map = document.querySelector("svg");
for (const one of placed) {
  if (one.stage === "closed" || one.stage === "void") continue;
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  mark.setAttribute("cx", (one.lon - west) / (east - west) * 1000);
  mark.setAttribute("cy", (north - one.lat) / (north - south) * 1000);
  mark.setAttribute("r", one.stage ? 6 : 3);
  if (one.stage) mark.setAttribute("class", "open");
  map.append(mark);
}
requestAnimationFrame(() => requestAnimationFrame(() => { document.title = "ready"; }));
</script>
"""


def page(file: Path, incidents: Sequence[dict[str, Any]], assets: Sequence[dict[str, Any]]) -> Path:
    """Write the page with these rows in it."""
    text = HTML.replace("DATA_INCIDENTS", _script(incidents))
    text = text.replace("DATA_ASSETS", _script(assets)).replace("DATA_COLUMNS", _script(COLUMNS))
    file.write_text(text, encoding="utf-8")
    return file


def _script(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
