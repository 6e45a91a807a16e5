"""Areas of CAP: polygons and circles as rings of (longitude, latitude)."""

from __future__ import annotations

import math

from desktop.connectors.cap.xml import Unreadable
from desktop.domain.geo import Ring
from desktop.protocol import limits

KM_PER_DEGREE = 111.195
"""Kilometres per degree of latitude on the sphere that CAP's circles are drawn on."""
HALF_ROUND_KM = 20_015.0
CIRCLE_CORNERS = 32
MAX_POINTS = limits.POINTS


def _point(said: str) -> tuple[float, float]:
    lat_said, comma, lon_said = said.partition(",")
    try:
        lat, lon = float(lat_said), float(lon_said)
    except ValueError:
        raise Unreadable(f"not a pair of coordinates: {said[:40]!r}") from None
    if not comma or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Unreadable(f"coordinates outside the world: {said[:40]!r}")
    return lon, lat


def polygon(said: str) -> Ring:
    """Parse `lat,lon lat,lon …` to a closed ring; raises Unreadable when it is none."""
    pairs = said.split()
    if len(pairs) > MAX_POINTS:
        raise Unreadable(f"a polygon of {len(pairs)} points")
    ring = [_point(pair) for pair in pairs]
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(set(ring)) < 3:
        raise Unreadable("a polygon of fewer than three corners")
    return tuple(ring)


def circle(said: str) -> Ring | None:
    """Parse `lat,lon radius-in-km` to a ring of 32 corners; None for a circle without a size."""
    centre_said, _, radius_said = said.strip().partition(" ")
    lon, lat = _point(centre_said)
    try:
        radius_km = float(radius_said)
    except ValueError:
        raise Unreadable(f"not a radius: {radius_said[:40]!r}") from None
    if not 0 <= radius_km <= HALF_ROUND_KM:
        raise Unreadable(f"a radius outside the world: {radius_said[:40]!r}")
    if radius_km == 0:
        return None
    up = radius_km / KM_PER_DEGREE
    across = up / max(0.01, math.cos(math.radians(lat)))
    ring: list[tuple[float, float]] = []
    for corner in range(CIRCLE_CORNERS):
        turn = 2 * math.pi * corner / CIRCLE_CORNERS
        ring.append(
            (
                round(max(-180.0, min(180.0, lon + across * math.cos(turn))), 6),
                round(max(-90.0, min(90.0, lat + up * math.sin(turn))), 6),
            )
        )
    return (*ring, ring[0])
