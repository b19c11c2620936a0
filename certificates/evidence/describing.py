"""Evidence in words: what it says, who stands for it, and where it is corrected."""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.public import Practical
from certificates.models import ConductCode, Evidence, Requirement, Role
from cms.languages import SOURCE_LANGUAGE, languages
from courses.public import CoursePage, WorkshopTopic
from people.models import Volunteer

Kind = Requirement.Kind
Medium = Evidence.Medium

SENTENCES = {
    Kind.COURSE: gettext_lazy("Completed the course «%(subject)s»"),
    Kind.PRACTICAL: gettext_lazy("Passed the practical «%(subject)s»"),
    Kind.WORKSHOP: gettext_lazy("Took part in the workshop «%(subject)s»"),
    Kind.CONDUCT: gettext_lazy("Signed the code of conduct (version %(subject)s)"),
    Kind.LANGUAGE: gettext_lazy("Can interview in %(subject)s"),
    Kind.RECOGNISED: gettext_lazy("Recognised by experience for the role «%(subject)s»"),
    Kind.NAMED: gettext_lazy("Named by her community for the role «%(subject)s»"),
    Kind.VISIT: gettext_lazy("Went on a visit as «%(subject)s»"),
}
PLACE_OF_CORRECTION = {
    Kind.COURSE: ("revoke_certificate", gettext_lazy("It is corrected among the certificates, by its code.")),
    Kind.PRACTICAL: ("observe", gettext_lazy("It is corrected in the observation of the practical.")),
    Kind.WORKSHOP: ("hold_workshop", gettext_lazy("It is corrected on the list of the workshop.")),
    Kind.VISIT: ("see_register", gettext_lazy("It is corrected where the visit was closed.")),
}
"""For each kind that the school writes itself: the deed that corrects it, and where."""
CORRECTING = [deed for deed, _words in PLACE_OF_CORRECTION.values()]


@dataclass(frozen=True)
class Told:
    """One piece of evidence in words."""

    evidence: Evidence
    what: str
    office: str
    """Who stands for it, without a person's name: what she reads herself."""
    names: str
    """Who stands for it, by name: what staff read."""


def evidence_of(person: Volunteer) -> QuerySet[Evidence]:
    """Return all evidence of a person, revoked too, the newest first, with what `told` shows of it."""
    rows = Evidence.objects.filter(volunteer=person).order_by("-day", "-pk")
    return rows.select_related(
        "volunteer", "attested_by__identity", "recorded_by__identity", "territory__parent"
    ).prefetch_related("recorded_by__responsibilities")


def told(rows: Iterable[Evidence]) -> list[Told]:
    """Return evidence (of `evidence_of`) in words, in its order (at most 5 queries, however many rows)."""
    rows = list(rows)
    subjects = _subjects(rows)
    return [
        Told(row, SENTENCES[Kind(row.kind)] % {"subject": subjects[row.kind, row.subject]}, _office(row), _names(row))
        for row in rows
    ]


def _subjects(rows: list[Evidence]) -> dict[tuple[str, str], str]:
    """Return what evidence is about, by its kind and subject, in the reader's language where it is written in it."""
    asked = defaultdict(set)
    for row in rows:
        asked[row.kind].add(row.subject)
    found: dict[tuple[str, str], str] = defaultdict(lambda: "—")
    spoken = {SOURCE_LANGUAGE, get_language() or SOURCE_LANGUAGE}
    for kind, titled in ((Kind.COURSE, CoursePage), (Kind.PRACTICAL, Practical)):
        in_them = titled.objects.filter(translation_key__in=asked[kind], locale__language_code__in=spoken)
        titles = in_them.values_list("translation_key", "title", "locale__language_code")
        for key, title, _code in sorted(titles, key=lambda row: row[2] != SOURCE_LANGUAGE):
            found[kind, str(key)] = title
    named: list[tuple[Any, list[Kind]]] = [
        (WorkshopTopic, [Kind.WORKSHOP]),
        (ConductCode, [Kind.CONDUCT]),
        (Role, [Kind.RECOGNISED, Kind.NAMED, Kind.VISIT]),
    ]
    for model, kinds in named:
        keys = set().union(*(asked[kind] for kind in kinds))
        for thing in model.objects.filter(uuid__in=keys):
            found.update({(kind, str(thing.uuid)): str(thing) for kind in kinds})
    for code in asked[Kind.LANGUAGE]:
        found[Kind.LANGUAGE, code] = languages()[code].name if code in languages() else code
    return found


def _office(row: Evidence) -> str:
    if row.medium == Medium.SYSTEM:
        return _("the school itself")
    if row.medium == Medium.SCREEN:
        return _("you, on the screen")
    said_by = {Kind.NAMED: row.get_body_display(), Kind.LANGUAGE: _("a speaker of the language")}.get(
        Kind(row.kind), ""
    )
    written = _("written down by: %(office)s") % {"office": _responsibility_of(row)}
    return " · ".join(filter(None, [said_by, row.get_medium_display(), written]))


def _responsibility_of(row: Evidence) -> str:
    """Return in which office evidence was written down: what its author answered for on that day."""
    day = timezone.localdate(row.recorded_at)
    held = row.recorded_by.responsibilities.all() if row.recorded_by else []
    kinds = [
        one.get_kind_display()
        for one in held
        if one.organisation_id == row.volunteer.organisation_id
        and one.starts_on <= day
        and (one.ends_on is None or one.ends_on >= day)
    ]
    return kinds[0] if kinds else _("the school's staff")


def _names(row: Evidence) -> str:
    if row.medium == Medium.SYSTEM:
        return _("the school itself")
    if row.medium == Medium.SCREEN:
        return _("she herself, on the screen")
    said_by = [row.get_body_display(), row.attester, name_of(row.attested_by) if row.attested_by else ""]
    written = _("written down by: %(office)s") % {"office": name_of(row.recorded_by)}
    return " · ".join(filter(None, [*said_by, row.get_medium_display(), written]))


def name_of(person: Volunteer | None) -> str:
    """Return the name a person wants to be called by (her identity fetched before), a dash where she was erased."""
    return person.identity.safe_name if person and hasattr(person, "identity") else "—"


def place_of_correction(row: Evidence, deeds: Container[str]) -> tuple[str, str] | None:
    """Return where evidence that the school wrote itself is corrected: in words, and the address ("" for who may not).

    `deeds` are those of `CORRECTING` that the reader may do to the person. None for what people attest: that is
    revoked where it is shown.
    """
    if not row.source:
        return None
    kind = Kind(row.kind)
    deed, words = PLACE_OF_CORRECTION[kind]
    if deed not in deeds:
        return str(words), ""
    if kind == Kind.COURSE:
        return str(words), reverse("revoke_certificate")
    if kind == Kind.PRACTICAL:
        return str(words), reverse("observe", args=[row.subject, row.volunteer.uuid])
    meeting = row.source.split(":")[1]  # `workshop:<uuid>:<person>` or `visit:<uuid>:<person>`
    return str(words), reverse("workshop" if kind == Kind.WORKSHOP else "visit", args=[meeting])
