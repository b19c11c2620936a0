"""Holding a role's requirements against what is known of a person: what is met with what, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from certificates.days import ONE, months_after
from certificates.eligibility import Facts, facts_of, holding, inclusions
from certificates.models import Evidence, Requirement, Role
from cms.languages import languages
from people.models import Organisation, Volunteer

Kind = Requirement.Kind
Path = Requirement.Path


@dataclass(frozen=True)
class Line:
    """One requirement on a day: the evidence that meets it, or why none does."""

    requirement: Requirement
    evidence: tuple[Evidence, ...] = ()
    is_met: bool = False
    too_old: Evidence | None = None
    """Evidence that would do if it were younger."""

    @property
    def words(self) -> str:
        """What is asked, in words."""
        return words_for(self.requirement)


@dataclass(frozen=True)
class Step:
    """Alternatives: one of the lines is enough."""

    lines: tuple[Line, ...]

    @property
    def met(self) -> Line | None:
        """The line that meets it, or None."""
        return next((line for line in self.lines if line.is_met), None)


@dataclass(frozen=True)
class Known:
    """What is known of one person: her evidence, her grants, and which roles give which."""

    evidence: list[Evidence]
    facts: Facts
    gives: dict[int, set[int]]

    def may_do(self, role_id: int, day: date) -> bool:
        """Return whether she holds a role somewhere on a day."""
        givers = {giver for giver, given in self.gives.items() if role_id in given}
        return holding(self.facts, givers, None, day) is not None


def roles_with_requirements(organisation: Organisation) -> QuerySet[Role]:
    """Return the roles an organisation gives, each with its requirements and what they name (3 queries)."""
    asked = Requirement.objects.select_related("course", "practical", "topic", "conduct_code", "other_role", "role")
    rows = Role.objects.filter(organisation=organisation, retired=False)
    return rows.select_related("organisation").prefetch_related(
        Prefetch("requirements", queryset=asked.order_by("path", "step", "sort_order", "pk"))
    )


def known_of(people: Iterable[Volunteer], organisation: Organisation) -> dict[int, Known]:
    """Return what is known of people by their ids (6 queries, however many people)."""
    people = list(people)
    evidence = defaultdict(list)
    for row in Evidence.objects.filter(volunteer__in=people).order_by("day", "pk"):
        evidence[row.volunteer_id].append(row)
    facts, gives = facts_of(people), inclusions(organisation.pk)
    return {person.pk: Known(evidence[person.pk], facts[person.pk], gives) for person in people}


def steps_of(role: Role, path: str, known: Known, day: date) -> list[Step]:
    """Return the steps of a role's path as they stand for a person on a day."""
    by_step: dict[int, list[Line]] = defaultdict(list)
    for requirement in role.requirements.all():
        if requirement.path == path:
            by_step[requirement.step].append(line_of(requirement, known, day))
    return [Step(tuple(by_step[number])) for number in sorted(by_step)]


def line_of(requirement: Requirement, known: Known, day: date) -> Line:
    """Return how one requirement stands for a person on a day."""
    if requirement.kind == Kind.ROLE:
        assert requirement.other_role_id is not None  # noqa: S101  (the form asks for it; tells mypy)
        return Line(requirement, (), known.may_do(requirement.other_role_id, day))
    fitting = [row for row in known.evidence if fits(row, requirement) and row.stands(day)]
    young = [row for row in fitting if (end := lapses_on(row, requirement)) is None or end >= day]
    if requirement.kind == Kind.VISIT:
        enough = young[-requirement.at_least :] if len(young) >= requirement.at_least else []
    else:
        enough = young[-1:]
    return Line(requirement, tuple(enough), bool(enough), None if enough or not fitting else fitting[-1])


def fits(evidence: Evidence, requirement: Requirement) -> bool:
    """Return whether evidence is of the kind and about the subject that a requirement asks, whatever its age."""
    if evidence.kind != requirement.kind:
        return False
    if requirement.kind == Kind.COURSE and evidence.level < requirement.at_least:
        return False
    return requirement.subject in {"", evidence.subject}


def lapses_on(evidence: Evidence, requirement: Requirement) -> date | None:
    """Return the last day on which evidence is young enough for a requirement (None: it does not grow old)."""
    ends = [evidence.until] if evidence.until else []
    if requirement.max_age_months:
        ends.append(months_after(evidence.day, requirement.max_age_months) - ONE)
    return min(ends, default=None)


def frozen(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return what met the steps as plain data: `words`, `kind`, `subject`, `evidence` (uuid), `day`, `lapses_on`."""
    items = []
    for line in [step.met for step in steps]:
        for row in line.evidence if line else ():
            end = lapses_on(row, line.requirement) if line else None
            items.append(
                {
                    "words": line.words if line else "",
                    "kind": row.kind,
                    "subject": row.subject,
                    "evidence": str(row.uuid),
                    "day": row.day.isoformat(),
                    "lapses_on": end.isoformat() if end else None,
                }
            )
    return items


def words_for(requirement: Requirement) -> str:
    """Return in words what a requirement asks."""
    kind = requirement.kind
    if kind == Kind.COURSE and requirement.course is None:
        words = _("Complete a course that the school does not have any more")
    elif kind == Kind.COURSE:
        words = _("Complete the course «%(title)s»") % {"title": requirement.course}
        if requirement.at_least > 1:
            words += " " + _("(edition %(number)s or later)") % {"number": requirement.at_least}
    elif kind == Kind.PRACTICAL:
        words = _("Pass the practical «%(title)s»") % {"title": requirement.practical}
    elif kind == Kind.WORKSHOP:
        words = _("Take part in the workshop «%(title)s»") % {"title": requirement.topic}
    elif kind == Kind.CONDUCT:
        words = _("Sign the code of conduct (version %(version)s)") % {"version": requirement.conduct_code}
    elif kind == Kind.LANGUAGE:
        words = _interview_language(requirement.language)
    elif kind == Kind.RECOGNISED:
        words = _("Be recognised by experience")
    elif kind == Kind.NAMED:
        words = _("Be named by her community (assembly or COCODE)")
    elif kind == Kind.VISIT:
        words = _("Take part in visits: %(number)s") % {"number": requirement.at_least}
    else:
        words = _("Hold the role «%(role)s»") % {"role": requirement.other_role}
    if requirement.max_age_months:
        words += " " + _("(in the last %(months)s months)") % {"months": requirement.max_age_months}
    return words


def _interview_language(code: str) -> str:
    if not code:
        return _("Be able to interview in the language of the place")
    known = languages().get(code)
    return _("Be able to interview in %(language)s") % {"language": known.name if known else code}


def day_in_words(day: date) -> str:
    """Return a day as the page's language writes it."""
    return formats.date_format(day, "DATE_FORMAT")
