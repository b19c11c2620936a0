"""The six roles the school ships, as a proposal: the public material of the network names roles but no ladder.

Domain notes 1.2 (a reading of the sources, to be confirmed by the organisation); the code of conduct follows what
lesson 8.4 asks for. Every row is marked as a proposal until the organisation takes the mark away.
"""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from assessments.public import Practical
from certificates.days import ONE, months_after
from certificates.models import ConductCode, MonitoringCycle, Requirement, Role
from certificates.spanning import today
from cms.languages import SOURCE_LANGUAGE
from courses.public import CoursePage, WorkshopTopic
from people.models import Organisation

SHIPPED = Path(__file__).parent / "data" / "roles.json"
CYCLE_MONTHS = 18
"""Domain notes 7: a role holds for one monitoring cycle of 12 to 18 months (a proposal)."""


@transaction.atomic
def ship_roles(organisation: Organisation) -> int:
    """Write the shipped roles for an organisation that has none; return how many were written (twice: none)."""
    if Role.objects.filter(organisation=organisation).exists():
        return 0
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    named = _named(organisation, shipped)
    roles = {row["slug"]: _role(organisation, row) for row in shipped["roles"]}
    for row in shipped["roles"]:
        role = roles[row["slug"]]
        role.includes.set([roles[slug] for slug in row["includes"]])
        role.save()
        for path in Requirement.Path.values:
            _write_path(role, path, row[path], named, roles)
    starts_on = today().replace(day=1)
    MonitoringCycle.objects.create(
        organisation=organisation,
        name="Primer ciclo (propuesta)",
        starts_on=starts_on,
        ends_on=months_after(starts_on, CYCLE_MONTHS) - ONE,
        visit_role=roles["monitora"],
    )
    return len(roles)


def _named(organisation: Organisation, shipped: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what requirements of each kind name; workshops by the key of their topic."""
    code = ConductCode.objects.create(
        organisation=organisation,
        version=shipped["conduct_code"]["version"],
        text=shipped["conduct_code"]["text"],
        adopted_on=today(),
        is_proposal=True,
    )
    topics = {
        row["key"]: WorkshopTopic.objects.create(organisation=organisation, name=row["name"])
        for row in shipped["topics"]
    }
    return {
        "course": {"": CoursePage.objects.source().order_by("path").first()},
        "practical": {"": Practical.objects.filter(locale__language_code=SOURCE_LANGUAGE, retired=False).first()},
        "workshop": topics,
        "conduct": {"": code},
    }


def _role(organisation: Organisation, row: dict[str, Any]) -> Role:
    return Role.objects.create(
        organisation=organisation,
        slug=row["slug"],
        name=row["name"],
        plain_name=row.get("plain_name", ""),
        duties=row["duties"],
        reach=row["reach"],
        validity=row["validity"],
        months=row["months"],
        is_proposal=True,
    )


def _write_path(
    role: Role,
    path: str,
    steps: list[list[dict[str, Any]]],
    named: dict[str, dict[str, Any]],
    roles: dict[str, Role],
) -> None:
    for number, alternatives in enumerate(steps, 1):
        for row in alternatives:
            things = roles if row["kind"] == "role" else named.get(row["kind"], {})
            thing = things.get(row.get("topic") or row.get("role") or "")
            if things and thing is None:  # a course or practical this school does not have
                continue
            field = Requirement.NAMED_BY.get(row["kind"])
            Requirement.objects.create(
                role=role,
                path=path,
                step=number,
                kind=row["kind"],
                at_least=row.get("at_least", 1),
                max_age_months=row.get("max_age_months"),
                **({field: thing} if field else {}),
            )
