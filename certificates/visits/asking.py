"""Asking people for a visit: only who may go there on that day; she answers by her own link, on her page or by voice.

A link names nobody and no role. It works until the visit's day, as often as she likes. Asking the same person twice,
or by two coordinators at once, asks her once.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from certificates.eligibility import is_eligible
from certificates.models import Visit, VisitPerson
from certificates.register.asking import scope_of
from certificates.register.judging import missing_for
from certificates.spanning import today
from certificates.visits.planning import State, VisitRefused, hold, refuse_unless_planned
from certificates.visits.team import name_of, standing_of
from cms.auditing import record
from people.models import User, Volunteer

Answer = VisitPerson.Answer


@dataclass(frozen=True)
class Message:
    """A neutral text with her link, ready to be sent from the coordinator's own telephone; no number is needed."""

    text: str

    @property
    def whatsapp(self) -> str:
        """The address that opens WhatsApp with the text."""
        return f"https://wa.me/?text={quote(self.text)}"

    @property
    def sms(self) -> str:
        """The address that opens a text message with the text."""
        return f"sms:?&body={quote(self.text)}"


# --- by the coordinator --------------------------------------------------------------------------------------------


def find_person(user: User, code: str) -> Volunteer | None:
    """Return the person with a sign-in code whom a member of staff sees in the register, or None."""
    rows = Volunteer.objects.select_related("identity", "territory__parent__parent", "organisation")
    found = rows.filter(sign_in__code=code, erased_at=None, merged_into=None).first() if code else None
    return found if found and scope_of(user).sees(found) else None


@transaction.atomic
def ask(visit: Visit, person: Volunteer, by: User) -> VisitPerson:
    """Ask a person for a visit; twice is once. Refuses in words who may not go there on that day, and says why."""
    held = hold(visit, by)
    if held.state == State.CANCELLED:
        raise VisitRefused(_("This visit was called off. Nobody is asked for it."))
    if why := why_not(held, person):
        raise VisitRefused(why)
    row, is_new = VisitPerson.objects.get_or_create(
        visit=held, volunteer=person, defaults={"token": secrets.token_urlsafe(16)}
    )
    if is_new:
        record("visit_asked", held, actor=by)
    return row


def why_not(visit: Visit, person: Volunteer) -> str:
    """Return in words why a person may not go on a visit, with the steps she still has to take, or nothing."""
    name = name_of(person)
    if person.organisation_id != visit.organisation_id:
        return _("%(name)s works with another organisation.") % {"name": name}
    if is_eligible(person, visit.role, visit.territory, visit.day):
        return ""
    standing = standing_of(visit, person)
    words = f"{name}: {standing.problem}"
    steps = missing_for([person], visit.role, visit.day)[person.pk] if standing.is_untaken else []
    if steps:
        missing = [_(" or ").join(line.words for line in step.lines) for step in steps]
        words += " " + _("Missing: %(steps)s.") % {"steps": "; ".join(missing)}
    return words


@transaction.atomic
def note_answer(row: VisitPerson, by: User, can: bool, needs_travel_help: bool = False) -> None:
    """Write what a person told the coordinator by voice."""
    held = hold(row.visit, by)
    if held.state == State.CANCELLED:
        raise VisitRefused(_("This visit was called off. Nobody is asked for it."))
    _write(row, can, needs_travel_help)


@transaction.atomic
def take_off(row: VisitPerson, by: User) -> None:
    """Take a person off a planned visit, with her answer and her link."""
    held = hold(row.visit, by)
    refuse_unless_planned(held)
    VisitPerson.objects.filter(pk=row.pk).delete()
    record("visit_not_asked", held, actor=by)


def message_for(row: VisitPerson) -> Message:
    """Return the neutral text that asks a person, with her link, in her language."""
    with translation.override(row.volunteer.language):
        text = _("Hello, can you come with us on %(day)s? Answer here: %(link)s") % {
            "day": short_day(row.visit.day),
            "link": settings.PUBLIC_URL + reverse("visit_answer", kwargs={"token": row.token}),
        }
    return Message(text)


def short_day(day: date) -> str:
    """Return a day without its year, as the language writes it."""
    return formats.date_format(day, "MONTH_DAY_FORMAT")


# --- by herself ----------------------------------------------------------------------------------------------------


def asked_by(token: str) -> VisitPerson | None:
    """Return what a link asks, until the visit's day; None where it is unknown, past or forgotten."""
    return _open().filter(token=token).first() if token else None


def asked_of(person: Volunteer) -> list[VisitPerson]:
    """Return what a person is asked for, today and ahead, the nearest first (1 query)."""
    return list(_open().filter(volunteer=person, visit__state=State.PLANNED).order_by("visit__day", "pk"))


def _open() -> Any:
    rows = VisitPerson.objects.filter(visit__day__gte=today(), visit__wiped_at=None, volunteer__erased_at=None)
    return rows.select_related("visit__territory__parent")


@transaction.atomic
def answer(row: VisitPerson, can: bool, needs_travel_help: bool = False) -> bool:
    """Write a person's own answer, which she may change until the day; return whether it could still be written."""
    visit = Visit.objects.select_for_update().get(pk=row.visit_id)
    if visit.state != State.PLANNED or visit.day < today():
        return False
    return _write(row, can, needs_travel_help)


def _write(row: VisitPerson, can: bool, needs_travel_help: bool) -> bool:
    written = VisitPerson.objects.filter(pk=row.pk).update(
        answer=Answer.CAN if can else Answer.CANNOT,
        needs_travel_help=can and needs_travel_help,
        answered_at=timezone.now(),
    )
    return bool(written)
