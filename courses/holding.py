"""Holding workshops: opening one, writing down who was there, closing it, and correcting its list afterwards.

While a workshop is open its list is written and counts for nothing. Closing it announces everybody on the list; a
later correction needs a reason and announces that person alone. Whoever may hold workshops in the organisation works
on the same list: the workshop's row is held while the list changes, so that nobody stands on it twice.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.auditing import record
from cms.orthography import search_key, store
from courses.models import Attendance, Workshop, WorkshopTopic
from courses.models.workshops import WorkshopQuerySet
from courses.signals import attendance_corrected, workshop_closed
from people.models import Cohort, Invitation, Organisation, SignIn, Territory, User, Volunteer
from people.public import clean_code, may, organisations_where, person_may, those_she_may

DEED = "hold_workshop"
LONG_AGO = timedelta(days=365)
CODE_DIGITS = 8


class WorkshopRefused(Exception):
    """The workshop or its list cannot be changed so. The message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """What is told of a workshop. `uuid` is made where it was written down: the same one twice is one workshop."""

    uuid: uuid.UUID
    topic: WorkshopTopic
    day: date
    facilitator: Volunteer
    language: str
    hours: int
    territory: Territory | None = None
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one piece that was typed: taken, already there, or the problem in words."""

    typed: str
    person: Volunteer | None = None
    is_new: bool = False
    problem: str = ""


# --- what she may use ----------------------------------------------------------------------------------------------


def topics_for(user: User) -> list[WorkshopTopic]:
    """Return the topics offered in the organisations where a user may hold workshops, by name (2 queries)."""
    found = WorkshopTopic.objects.filter(organisation__in=organisations_where(user, DEED), retired=False)
    return sorted(found, key=lambda topic: search_key(topic.name))


def workshops_for(user: User) -> WorkshopQuerySet:
    """Return the workshops of the organisations where a user may hold workshops."""
    found: WorkshopQuerySet = Workshop.objects.filter(organisation__in=organisations_where(user, DEED))
    return found


def cohorts_for(user: User) -> list[Cohort]:
    """Return the cohorts of those organisations, by name (2 queries)."""
    found = Cohort.objects.filter(organisation__in=organisations_where(user, DEED))
    return sorted(found, key=lambda cohort: search_key(cohort.name))


def members_she_sees(user: User, cohort: Cohort) -> list[Volunteer]:
    """Return the people of a cohort whose names a user may see and whom she may write down, by name (3 queries)."""
    people = cohort.members.filter(erased_at=None, identity__isnull=False)
    people = people.select_related("identity", "territory__parent", "organisation")
    return by_name(those_she_may(user, "see_person", those_she_may(user, DEED, people)))


def by_name(people: Iterable[Volunteer]) -> list[Volunteer]:
    """Return people in the order of their names, which are encrypted and cannot be sorted in the database."""
    return sorted(people, key=lambda person: search_key(person.identity.safe_name))


# --- opening and closing -------------------------------------------------------------------------------------------


def why_not_day(day: date) -> str:
    """Return in words why a workshop cannot be written down for a day ("" when it can)."""
    if day > timezone.localdate():
        return _("This day is still to come. Write the workshop down once it has been held.")
    return ""


def doubts_about(topic: WorkshopTopic, day: date, facilitator: Volunteer, besides: uuid.UUID) -> list[str]:
    """Return what makes one ask again before a workshop is written down, in words (1 query)."""
    doubts = []
    if day < timezone.localdate() - LONG_AGO:
        doubts.append(_("This day is more than a year ago. Is the year right?"))
    same = Workshop.objects.filter(topic=topic, day=day, facilitator=facilitator).exclude(uuid=besides)
    if same.exists():
        doubts.append(_("A workshop on this topic, on this day, is already written down. Is this another one?"))
    return doubts


@transaction.atomic
def open_workshop(plan: Plan, by: User) -> Workshop:
    """Write a workshop down; return it. Told twice with the same `uuid` by the same person, it is one workshop.

    It belongs to the organisation of its topic. Raises `WorkshopRefused` in words.
    """
    _refuse(plan, by)
    told = {**_told(plan), "created_by": _person(by)}
    workshop, is_new = Workshop.objects.get_or_create(uuid=plan.uuid, defaults=told)
    if workshop.created_by_id != by.volunteer_id:
        raise WorkshopRefused(_("This workshop is already kept. Look for it in the list."))
    if is_new:
        record("workshop_opened", workshop, actor=by)
    return workshop


@transaction.atomic
def change(workshop: Workshop, plan: Plan, by: User) -> Workshop:
    """Write anew what is told of an open workshop; return it. Raises `WorkshopRefused` in words."""
    held = _hold(workshop)
    _refuse_closed(held)
    _refuse(plan, by)
    for name, value in _told(plan).items():
        setattr(held, name, value)
    held.save()
    record("workshop_changed", held, actor=by)
    return held


@transaction.atomic
def close(workshop: Workshop, by: User, expected: int | None) -> Workshop:
    """Close a workshop: its list counts from now on, and is announced; return it. Closed before, nothing happens.

    `expected` is how many people were shown before; raises `WorkshopRefused` in words when the list differs.
    """
    held = _hold(workshop)
    if held.is_closed:
        return held
    standing = Attendance.objects.standing().filter(workshop=held).select_related("volunteer")
    there = [row.volunteer for row in standing.order_by("volunteer")]
    if not there:
        raise WorkshopRefused(_("Nobody stands on the list yet. Write down first who was there."))
    if len(there) != expected:
        raise WorkshopRefused(_("The list has changed meanwhile. Look at it again before you close it."))
    held.closed_at, held.closed_by = timezone.now(), _person(by)
    held.save(update_fields=["closed_at", "closed_by"])
    record("workshop_closed", held, actor=by, people=len(there))
    workshop_closed.send(Workshop, workshop=held, volunteers=there)
    return held


def _refuse(plan: Plan, by: User) -> None:
    organisation = plan.topic.organisation
    if not may(by, DEED, organisation):
        raise WorkshopRefused(_("You may not hold workshops of this organisation."))
    if not person_may(plan.facilitator, DEED, organisation):
        raise WorkshopRefused(
            _("Who facilitated has no such responsibility in this organisation. Ask an administrator.")
        )
    if problem := why_not_day(plan.day):
        raise WorkshopRefused(problem)


def _refuse_closed(workshop: Workshop) -> None:
    if workshop.is_closed:
        raise WorkshopRefused(_("This workshop is closed. Its list can only be corrected, with a reason."))


def _told(plan: Plan) -> dict[str, Any]:
    """Return the fields that a plan gives a workshop."""
    return {
        "topic": plan.topic,
        "organisation": plan.topic.organisation,
        "day": plan.day,
        "facilitator": plan.facilitator,
        "language": plan.language,
        "hours": plan.hours,
        "territory": plan.territory,
        "place": store(plan.place),
    }


def _hold(workshop: Workshop) -> Workshop:
    """Hold the workshop's row, so that its list has one writer at a time."""
    return Workshop.objects.select_for_update().get(pk=workshop.pk)


def _person(user: User) -> Volunteer:
    if user.volunteer is None:
        raise WorkshopRefused(_("Your account belongs to nobody. Ask an administrator."))
    return user.volunteer


# --- the list ------------------------------------------------------------------------------------------------------


def people_there(workshop: Workshop) -> list[Volunteer]:
    """Return who stands on a workshop's list, erased people included, with what `may` and names need (1 query)."""
    standing = Attendance.objects.standing().filter(workshop=workshop)
    people = standing.select_related("volunteer__identity", "volunteer__sign_in", "volunteer__territory__parent")
    return [row.volunteer for row in people.order_by("pk")]


def pieces_of(typed: str) -> list[str]:
    """Return the pieces of a typed box: codes, and what is none, in the order written; nothing is left out.

    Codes stand on lines of their own, or between spaces, commas or semicolons; «1234 5678» is one code.
    """
    lines = typed.replace(",", "\n").replace(";", "\n").splitlines()
    return [piece for line in lines for piece in _pieces_of_line(line)]


def _pieces_of_line(line: str) -> list[str]:
    pieces: list[list[str]] = []
    digits = 0  # of the last piece
    for word in line.split():
        more = _digits(word)
        joins = pieces and (digits + more <= CODE_DIGITS if digits and more else not digits and not more)
        if joins and digits != CODE_DIGITS:
            pieces[-1].append(word)
            digits += more
        else:
            pieces.append([word])
            digits = more
    return [" ".join(words) for words in pieces]


def _digits(word: str) -> int:
    return sum(letter.isdigit() for letter in word)


def write_down(workshop: Workshop, typed: str, by: User) -> list[Answer]:
    """Put on the list of an open workshop who was there, by their codes; return an answer for each piece typed.

    Raises `WorkshopRefused` in words when the workshop is closed. The number of queries is the same for any number
    of codes.
    """
    pieces = pieces_of(typed)
    people, cards = _known({code for code in map(clean_code, pieces) if code}, by)
    new = {person.pk for person in mark_there(workshop, people.values(), by)}
    answers = []
    for piece in pieces:
        person = people.get(clean_code(piece) or "")
        if person is None or _is_herself(person, workshop, by):
            answers.append(Answer(piece, problem=_problem(piece, person, cards)))
            continue
        answers.append(Answer(piece, person, is_new=person.pk in new))
        new.discard(person.pk)  # the same code again is answered as there already
    return answers


@transaction.atomic
def mark_there(workshop: Workshop, people: Iterable[Volunteer], by: User) -> list[Volunteer]:
    """Put people on the list of an open workshop, of those in the user's care; return who did not stand on it yet.

    Raises `WorkshopRefused` in words when the workshop is closed.
    """
    held = _hold(workshop)
    _refuse_closed(held)
    standing = set(Attendance.objects.standing().filter(workshop=held).values_list("volunteer", flat=True))
    in_care = {person.pk: person for person in those_she_may(by, DEED, people)}
    new = [person for person in in_care.values() if person.pk not in standing and not _is_herself(person, held, by)]
    recorder = _person(by)
    Attendance.objects.bulk_create(
        [Attendance(workshop=held, volunteer=person, recorded_by=recorder) for person in new]
    )
    return new


@transaction.atomic
def take_off(workshop: Workshop, volunteer: Volunteer, by: User) -> None:
    """Take a person off the list of an open workshop; the row stays. Not on it, nothing happens.

    Raises `WorkshopRefused` in words when the workshop is closed or she is not in the user's care.
    """
    held = _hold(workshop)
    _refuse_closed(held)
    _refuse_care(volunteer, by)
    _take_off(held, volunteer, by, "")


@transaction.atomic
def correct(workshop: Workshop, volunteer: Volunteer, was_there: bool, by: User, reason: str) -> None:
    """Say of a closed workshop that somebody was there after all, or was not; announces it. Raises `WorkshopRefused`.

    The row taken back stays, with who did it and why.
    """
    held = _hold(workshop)
    if not held.is_closed:
        raise WorkshopRefused(_("This workshop is still open. Its list can simply be changed."))
    if not reason.strip():
        raise WorkshopRefused(_("Write why you correct it."))
    _refuse_care(volunteer, by)
    if _is_herself(volunteer, held, by):
        raise WorkshopRefused(_said_of_herself())
    change_list = _put_on if was_there else _take_off
    attendance = change_list(held, volunteer, by, reason)
    if attendance is None:
        raise WorkshopRefused(
            _("She already stands on the list.") if was_there else _("She does not stand on the list.")
        )
    record("attendance_corrected", attendance, actor=by, was_there=was_there)
    attendance_corrected.send(Attendance, workshop=held, volunteer=volunteer, was_there=was_there)


def forget(volunteer: Volunteer) -> None:
    """Empty what was written freely about a person who is erased; that she was there still counts."""
    Attendance.objects.filter(volunteer=volunteer).update(recorded_because="", removed_because="")


def person_with(code: str, by: User) -> Volunteer | None:
    """Return the person with a code, of those in the user's care."""
    return _known({code}, by)[0].get(code)


def _put_on(workshop: Workshop, volunteer: Volunteer, by: User, reason: str) -> Attendance | None:
    if Attendance.objects.standing().filter(workshop=workshop, volunteer=volunteer).exists():
        return None
    return Attendance.objects.create(
        workshop=workshop, volunteer=volunteer, recorded_by=_person(by), recorded_because=store(reason.strip())
    )


def _take_off(workshop: Workshop, volunteer: Volunteer, by: User, reason: str) -> Attendance | None:
    found = Attendance.objects.standing().filter(workshop=workshop, volunteer=volunteer).first()
    if found is not None:
        found.removed_at, found.removed_by = timezone.now(), _person(by)
        found.removed_because = store(reason.strip())
        found.save(update_fields=["removed_at", "removed_by", "removed_because"])
    return found


def _refuse_care(volunteer: Volunteer, by: User) -> None:
    if not may(by, DEED, volunteer):
        raise WorkshopRefused(_("This person is not in your care. A facilitator of her organisation can do it."))


def _is_herself(person: Volunteer, workshop: Workshop, by: User) -> bool:
    """Return whether it is who writes, or who facilitated: attendance is what somebody else says of a person."""
    return person.pk in {by.volunteer_id, workshop.facilitator_id}


def _known(codes: set[str], by: User) -> tuple[dict[str, Volunteer], set[str]]:
    """Return, by their codes, the people in the user's care; and which codes are of cards nobody has used yet."""
    rows = SignIn.objects.filter(code__in=codes, volunteer__erased_at=None)
    rows = rows.select_related("volunteer__identity", "volunteer__organisation", "volunteer__territory__parent")
    people = {row.code: row.volunteer for row in rows}
    in_care = {person.pk for person in those_she_may(by, DEED, people.values())}
    organisations: list[Organisation] = organisations_where(by, DEED)
    cards = Invitation.objects.open().filter(code__in=codes, organisation__in=organisations, most_uses=1)
    return (
        {code: person for code, person in people.items() if person.pk in in_care},
        set(cards.values_list("code", flat=True)),
    )


def _problem(piece: str, person: Volunteer | None, cards: set[str]) -> str:
    """Return why a piece was not taken. Whether a code is another organisation's is not told apart from unknown."""
    code = clean_code(piece)
    if person is not None:
        return _said_of_herself()
    if code is None and _digits(piece) == CODE_DIGITS:
        return _("One of the eight numbers is not right, or two are swapped. Look at the card again.")
    if code is None:
        return _("This is not a code: a code has eight numbers.")
    if code in cards:
        return _("Nobody has used this card yet. She joins with it first; then write the code again.")
    return _(
        "Nobody in your care has this code. Look at the card again. "
        "If she belongs to another organisation, a facilitator there can write her down."
    )


def _said_of_herself() -> str:
    return _("Who facilitates or writes the list does not stand on it.")
