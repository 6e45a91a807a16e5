"""The fictional county's geography: outlines that share their borders exactly, roads, rivers."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from desktop.wire.level1 import Line, Phrase, Point, Township

Km = tuple[float, float]
STEP_KM = 0.75
"""Borders and lines get a point about this often."""
KM_PER_DEGREE = 111.2
OCTAVES = ((31.0, 2.3), (13.0, 1.2), (5.5, 0.4), (2.3, 0.09))
"""Wavelength and amplitude in km of the irregularity laid over straight borders."""
SAME_KM = 0.01
VILLAGES = 9
SETTLED_KM = 0.9
"""How far around a street or village its incidents happen."""


class Site(msgspec.Struct, frozen=True):
    """A street or village where things happen."""

    name: Phrase
    at: Point
    is_street: bool


class Ground(msgspec.Struct, frozen=True):
    """The county's map and the places on it."""

    county: Phrase
    townships: tuple[Township, ...]
    lines: tuple[Line, ...]
    sites: dict[str, tuple[Site, ...]]
    units: dict[str, Phrase]

    def township(self, township_id: str) -> Township:
        """One township by id."""
        return next(each for each in self.townships if each.id == township_id)

    def line(self, line_id: str) -> Line:
        """One road, river or railway by id."""
        return next(each for each in self.lines if each.id == line_id)


def _noise(x: float, y: float, salt: float) -> float:
    """A smooth field between about -1 and 1, the same everywhere it is asked."""
    return (
        math.sin(x + 1.7 * math.sin(0.61 * y + salt) + salt)
        + math.sin(1.31 * y - 0.83 * x + 2.3 * math.cos(0.47 * x + salt) + 2 * salt)
    ) / 2


def bend(at: Km) -> Km:
    """Map a point of the straight plan to its place on the ground.

    One continuous field moves every point, so borders stay shared and lines that
    cross or meet in the plan do so on the ground.
    """
    x, y = at
    dx = dy = 0.0
    for number, (wave_km, high_km) in enumerate(OCTAVES):
        turn = 2 * math.pi / wave_km
        dx += high_km * _noise(x * turn, y * turn, 0.9 + 1.3 * number)
        dy += high_km * _noise(y * turn, -x * turn, 4.1 + 1.7 * number)
    return x + dx, y + dy


def _cut(polygon: list[Km], near: Km, far: Km) -> list[Km]:
    """Cut a convex polygon to the part that is nearer to one point than to another."""
    middle = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2)
    normal = (far[0] - near[0], far[1] - near[1])
    side = [(p[0] - middle[0]) * normal[0] + (p[1] - middle[1]) * normal[1] for p in polygon]
    kept: list[Km] = []
    for index, point in enumerate(polygon):
        following = (index + 1) % len(polygon)
        if side[index] <= 0:
            kept.append(point)
        if side[index] * side[following] < 0:
            part = side[index] / (side[index] - side[following])
            other = polygon[following]
            crossing = (
                point[0] + (other[0] - point[0]) * part,
                point[1] + (other[1] - point[1]) * part,
            )
            kept.append(crossing)
    return kept


def _between(start: Km, end: Km) -> list[Km]:
    """Return points from start to end without the end; the same ones in either direction."""
    if end < start:
        return [start, *reversed(_between(end, start)[1:])]
    parts = max(1, round(math.dist(start, end) / STEP_KM))
    return [
        (
            start[0] + (end[0] - start[0]) * part / parts,
            start[1] + (end[1] - start[1]) * part / parts,
        )
        for part in range(parts)
    ]


def _smooth(points: Sequence[Km]) -> list[Km]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve: list[Km] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts = max(2, round(math.dist(b, c) / STEP_KM))
        for part in range(parts):
            t = part / parts
            curve.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return [*curve, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def inside(lon: float, lat: float, outline: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in an outline (even-odd rule)."""
    result = False
    x1, y1 = outline[-1]
    for x2, y2 in outline:
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            result = not result
        x1, y1 = x2, y2
    return result


class _Plan:
    """The hand-made plan and its way onto the globe."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self._lon, self._lat = table["county"]["lon"], table["county"]["lat"]
        self._shrink = math.cos(math.radians(self._lat))
        self._corners: list[Km] = []

    def place(self, at: Km) -> tuple[float, float]:
        x, y = bend(at)
        lon = self._lon + x / (KM_PER_DEGREE * self._shrink)
        return round(lon, 6), round(self._lat + y / KM_PER_DEGREE, 6)

    def _corner(self, at: Km) -> Km:
        """Return the corner already used there: cells compute the same corner by different sums."""
        for known in self._corners:
            if math.dist(known, at) < SAME_KM:
                return known
        self._corners.append(at)
        return at

    def outline(self, index: int) -> tuple[tuple[float, float], ...]:
        seats: list[Km] = [tuple(each["at"]) for each in self.table["township"]]
        cell: list[Km] = [tuple(each) for each in self.table["county"]["outline"]]
        for other, seat in enumerate(seats):
            if other != index:
                cell = _cut(cell, seats[index], seat)
        corners = [self._corner(each) for each in cell]
        ring: list[tuple[float, float]] = []
        for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
            if start != end:
                ring += map(self.place, _between(start, end))
        return (*ring, ring[0])


def _phrase(pair: Sequence[str]) -> Phrase:
    return Phrase(pair[0], pair[1])


def _scatter(random: Random, around: Point, spread: float, outline: Any) -> Point:
    for _ in range(60):
        lon = around.lon + random.gauss(0, spread)
        lat = around.lat + random.gauss(0, spread * 0.85)
        if inside(lon, lat, outline):
            return Point(round(lon, 6), round(lat, 6))
    return around


def _sites(
    random: Random, township: Township, streets: Any, villages: list[Phrase]
) -> tuple[Site, ...]:
    assert township.seat is not None
    found = [
        Site(_phrase(each), _scatter(random, township.seat, 0.006, township.outline), True)
        for each in streets
    ]
    found += [
        Site(each, _scatter(random, township.seat, 0.045, township.outline), False)
        for each in villages
    ]
    return tuple(found)


def read_ground(folder: Path, seed: int) -> Ground:
    """Build the county of `places.toml`: always the same land, only villages move with the seed."""
    table = tomllib.loads((folder / "places.toml").read_text(encoding="utf-8"))
    plan, random = _Plan(table), Random(f"{seed}/ground")
    townships = tuple(
        Township(
            each["id"],
            Phrase(each["zh"], each["en"]),
            plan.outline(index),
            Point(*plan.place(tuple(each["at"]))),
        )
        for index, each in enumerate(table["township"])
    )
    lines = tuple(
        Line(
            each["id"],
            each["kind"],
            Phrase(each["zh"], each["en"]),
            tuple(map(plan.place, _smooth([tuple(at) for at in each["at"]]))),
        )
        for each in table["line"]
    )
    words = table["words"]
    names = [
        Phrase(f"{family[0]}{form[0]}村", f"{family[1]}{form[1]} Village")
        for family in words["families"]
        for form in words["landforms"]
    ]
    random.shuffle(names)
    sites = {}
    for index, township in enumerate(townships):
        streets = table["township"][index].get("streets", words["streets"])
        villages = names[index * VILLAGES : (index + 1) * VILLAGES]
        sites[township.id] = _sites(random, township, streets, villages)
    units = {name: _phrase(pair) for name, pair in table["units"].items()}
    county = Phrase(table["county"]["zh"], table["county"]["en"])
    return Ground(county, townships, lines, sites, units)


def near(random: Random, site: Site, outline: Sequence[tuple[float, float]]) -> Point:
    """Choose a random point near a site, inside its township."""
    reach = SETTLED_KM / KM_PER_DEGREE / 2
    lon = round(site.at.lon + random.uniform(-reach, reach), 6)
    lat = round(site.at.lat + random.uniform(-reach, reach), 6)
    return Point(lon, lat) if inside(lon, lat, outline) else site.at
