"""The register's map: certified people and gaps by municipality, and which numbers may be told to whom."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import Territory

FEWEST_TOLD = 5
"""Totals under this are told only to the people responsible for the territory (issue 4)."""
MOST_HIDDEN = FEWEST_TOLD - 1
MAP_FILE = Path(__file__).parent.parent / "data" / "guatemala_map.json"
"""Written by `python -m tools.make_map`; the format is told there."""
PAPER = 360
"""Width of a drawing in its own units: about one to a pixel on a phone, so that numbers have one size on every map."""
MARGIN = 0.02
"""Free room around the drawn place, as a share of its width."""


class State(StrEnum):
    """What a coordinator needs to see of a place; it follows from what may be told, so that it tells nothing more."""

    ENOUGH = "enough"
    GAP = "gap"
    UNKNOWN = "unknown"
    NONE = "none"


MEANING: dict[State, Promise] = {
    State.ENOUGH: gettext_lazy("As many people as needed, or more"),
    State.GAP: gettext_lazy("Gap: people are missing"),
    State.UNKNOWN: gettext_lazy("Fewer than five people: only those responsible for the place see how many"),
    State.NONE: gettext_lazy("Nobody, and nobody is needed"),
}

PATTERNS = {State.GAP: "map-gap", State.UNKNOWN: "map-unknown"}
"""The ids of patterns in `register/map.html`: what is plain is told by being light or dark."""


@dataclass(frozen=True)
class Shade:
    """How many people a place has and how many it needs; `count` is None where it must not be told (`suppress`)."""

    code: str
    count: int | None
    needed: int = 1

    @property
    def missing(self) -> int:
        """How many people are missing, as far as it may be told."""
        return 0 if self.count is None else max(0, self.needed - self.count)

    @property
    def state(self) -> State:
        """How the place is drawn."""
        if self.count is None:
            return State.UNKNOWN
        if self.missing:
            return State.GAP
        return State.ENOUGH if self.count else State.NONE

    @property
    def pattern(self) -> str:
        """The name of the pattern the place is filled with, empty where it is plain."""
        return PATTERNS.get(self.state, "")

    @property
    def people(self) -> str:
        """The count in words."""
        if self.count is None:
            return _("Fewer than five")
        return ngettext("%(n)d person", "%(n)d people", self.count) % {"n": self.count}

    @property
    def gap(self) -> str:
        """The gap in words."""
        if self.count is None:
            return _("Not shown")
        if self.missing:
            return ngettext("%(n)d more needed", "%(n)d more needed", self.missing) % {"n": self.missing}
        return _("Nothing is missing")


@dataclass(frozen=True)
class Spot:
    """A municipality in the drawing and in the table; six names occur in two departments."""

    code: str
    name: str
    department: str
    path: str
    shade: Shade
    url: str | None

    @property
    def title(self) -> str:
        """What is said of it where it is pointed at or read aloud."""
        return f"{self.name}, {self.department}: {self.shade.people}. {self.shade.gap}."


@dataclass(frozen=True)
class Area:
    """A department with its municipalities; `total` counts everybody if `is_whole`, else those that may be told."""

    code: str
    name: str
    spots: list[Spot]
    blanks: list[str]
    """Paths of the municipalities nothing was asked about."""
    total: int
    is_whole: bool
    url: str | None

    @property
    def gaps(self) -> int:
        """How many municipalities are known to miss people."""
        return sum(spot.shade.state == State.GAP for spot in self.spots)

    @property
    def people(self) -> str:
        """The total in words."""
        return _total_in_words(self.total, self.is_whole)

    @property
    def title(self) -> str:
        """What is said of it where it is a link."""
        return f"{self.name}: {self.facts}."

    @property
    def facts(self) -> str:
        """The total, and the gaps where there are some, in words."""
        if not self.gaps:
            return self.people
        gaps = ngettext("%(n)d municipality with a gap", "%(n)d municipalities with a gap", self.gaps)
        return f"{self.people}, {gaps % {'n': self.gaps}}"


class Label(NamedTuple):
    """A number on the map, in units of the paper."""

    x: int
    y: int
    text: str


class Sign(NamedTuple):
    """A line of the legend: the state, its pattern if it has one, its meaning, how many municipalities have it."""

    state: State
    pattern: str
    meaning: str
    places: int


@dataclass(frozen=True)
class Drawing:
    """All that `register/map.html` shows: the drawing, its legend and sentence, and the table of the same numbers."""

    name: str
    box: str
    transform: str
    unit: float
    """How many units of the paths make one unit of the paper."""
    around: list[str]
    """Outlines of the neighbouring departments."""
    outlines: list[str]
    """Outlines of the departments drawn."""
    areas: list[Area]
    lakes: list[str]
    labels: list[Label]
    legend: list[Sign]
    is_country: bool
    source: str

    @property
    def swatch(self) -> str:
        """Width and height of a sign of the legend, so that its pattern is as large as on the map."""
        return f"{36 * self.unit:.2f} {24 * self.unit:.2f}"

    @property
    def is_linked(self) -> bool:
        """Whether anything in the drawing can be followed."""
        return any(area.url or any(spot.url for spot in area.spots) for area in self.areas)

    @property
    def sentence(self) -> str:
        """The drawing in two sentences: how many people, and where people are missing."""
        people = _total_in_words(sum(area.total for area in self.areas), all(area.is_whole for area in self.areas))
        gaps = sum(area.gaps for area in self.areas)
        missing = ngettext(
            "People are missing in %(n)d municipality.", "People are missing in %(n)d municipalities.", gaps
        ) % {"n": gaps}
        return f"{self.name}: {people}. {missing if gaps else _('No gap is known.')}"


class _Shape(NamedTuple):
    path: str
    x: int
    y: int
    radius: int
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


class _Country(NamedTuple):
    source: str
    size: tuple[int, int]
    departments: dict[str, _Shape]
    municipalities: dict[str, dict[str, _Shape]]  # by department
    lakes: list[str]


def suppress(counts: Mapping[str, int], may_see: Collection[str]) -> dict[str, int | None]:
    """Return what may be told of these municipalities, and of each department's total (by its code of two signs).

    `counts` must name every municipality asked about, those with nobody too. `may_see` holds the codes, of
    municipalities or whole departments, that the asker is responsible for; elsewhere a count under five is None.
    A department's total is None where it would give a hidden count away. That is so when those hidden together are
    fewer than five, or as many as they can be: every other sum of theirs can come about in several ways for each of
    them, and of a withheld total nobody can say for which of the two reasons it is withheld. Thus no count is given up
    to protect another.
    """
    told: dict[str, int | None] = {
        code: count if count >= FEWEST_TOLD or code in may_see or _department(code) in may_see else None
        for code, count in counts.items()
    }
    by_department: defaultdict[str, list[str]] = defaultdict(list)
    for code in counts:
        by_department[_department(code)].append(code)
    for department, codes in by_department.items():
        hidden = [counts[code] for code in codes if told[code] is None]
        is_safe = not hidden or FEWEST_TOLD <= sum(hidden) < MOST_HIDDEN * len(hidden)
        told[department] = sum(counts[code] for code in codes) if is_safe else None
    return told


def map_of(shades: Iterable[Shade], within: str | None = None, addresses: Mapping[str, str] | None = None) -> Drawing:
    """Return the drawing of these places: the whole country, or the department with the code `within`.

    `shades` are those of municipalities, and of departments where their total may be told (`suppress` gives both);
    municipalities without one are drawn as nothing asked. `addresses` (by code) make departments, or on the map of
    one department its municipalities, links. One query. Raises KeyError for a department that is not on the map.
    """
    country, known, links = _country(), {shade.code: shade for shade in shades}, addresses or {}
    left, top, width, height = country.departments[within].box if within else (0, 0, *country.size)
    names = dict(Territory.objects.filter(code__startswith=within or "").values_list("code", "name"))
    codes = [within] if within else list(country.departments)
    areas = [_area(code, known, names, links, is_country=within is None) for code in codes]
    room = round(width * MARGIN)
    unit = (width + 2 * room) / PAPER
    return Drawing(
        name=areas[0].name if within else _("Guatemala"),
        box=f"0 0 {PAPER} {round((height + 2 * room) / unit)}",
        transform=f"scale({1 / unit:.5f}) translate({room - left} {room - top})",
        unit=round(unit, 3),
        around=[shape.path for code, shape in country.departments.items() if code not in codes],
        outlines=[country.departments[code].path for code in codes],
        areas=areas,
        lakes=country.lakes,
        labels=list(_labels(areas, within is None, (left - room, top - room), unit)),
        legend=_legend(areas),
        is_country=within is None,
        source=country.source,
    )


def _area(
    code: str, known: dict[str, Shade], names: dict[str, str], links: Mapping[str, str], is_country: bool
) -> Area:
    shapes = _country().municipalities[code]
    spots = [
        Spot(place, names.get(place, place), names.get(code, code), shape.path, known[place], links.get(place))
        for place, shape in shapes.items()
        if place in known
    ]
    counts = [spot.shade.count for spot in spots]
    told = known[code].count if code in known else None
    return Area(
        code=code,
        name=names.get(code, code),
        spots=spots,
        blanks=[shape.path for place, shape in shapes.items() if place not in known],
        total=sum(count for count in counts if count is not None) if told is None else told,
        is_whole=told is not None or None not in counts,
        url=links.get(code) if is_country else None,
    )


def _total_in_words(total: int, is_whole: bool) -> str:
    if is_whole:
        return ngettext("%(n)d person", "%(n)d people", total) % {"n": total}
    if not total:
        return _("fewer than five people in each place")
    return ngettext("at least %(n)d person", "at least %(n)d people", total) % {"n": total}


def _labels(areas: list[Area], is_country: bool, corner: tuple[int, int], unit: float) -> Iterator[Label]:
    """Yield the numbers that have room: of departments on the country's map, else of municipalities."""
    country = _country()
    for area in areas:
        if is_country:
            texts = [(country.departments[area.code], _number(area.total, area.is_whole))]
        else:
            shapes = country.municipalities[area.code]
            texts = [(shapes[spot.code], _number_of(spot.shade)) for spot in area.spots]
        for shape, text in texts:
            if text and shape.radius >= unit * (3 + 4 * len(text)):
                yield Label(round((shape.x - corner[0]) / unit), round((shape.y - corner[1]) / unit), text)


def _number(total: int, is_whole: bool) -> str:
    return f"{total}{'' if is_whole else '+'}" if total else ""


def _number_of(shade: Shade) -> str:
    if shade.count is None:
        return f"<{FEWEST_TOLD}"
    return "" if shade.state == State.NONE else str(shade.count)


def _legend(areas: list[Area]) -> list[Sign]:
    places = Counter(spot.shade.state for area in areas for spot in area.spots)
    return [
        Sign(state, PATTERNS.get(state, ""), str(meaning), places[state])
        for state, meaning in MEANING.items()
        if places[state]
    ]


def _department(code: str) -> str:
    return code[:2]


@cache
def _country() -> _Country:
    drawn = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    municipalities: defaultdict[str, dict[str, _Shape]] = defaultdict(dict)
    for code, shape in drawn["municipalities"].items():
        municipalities[_department(code)][code] = _Shape(*shape)
    return _Country(
        source=drawn["source"],
        size=drawn["size"],
        departments={code: _Shape(*shape) for code, shape in drawn["departments"].items()},
        municipalities=dict(municipalities),
        lakes=[path for _name, path in drawn["lakes"]],
    )
