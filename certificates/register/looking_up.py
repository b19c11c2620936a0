"""Every look into the register is written down; whoever looks up unusually many people is reported to another."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.utils import timezone

from certificates.models import Alert, LookUp
from certificates.register.asking import Question
from cms.auditing import record
from cms.models import AuditEntry
from people.models import Organisation, User, Volunteer

MOST_PEOPLE_A_DAY = 40
"""Pages of single persons and people in files; a coordinator of 160 volunteers needs a handful."""
MOST_LISTED_A_DAY = 600
"""Names shown in lists, the same names counted each time."""


def note_person(user: User, person: Volunteer, organisation: Organisation, what: str = LookUp.What.PERSON) -> None:
    """Write down that a member of staff opened a person in the register, or took her out of it."""
    note_people(user, [person], organisation, what)


def note_people(user: User, people: Iterable[Volunteer], organisation: Organisation, what: str) -> None:
    """Write down, for each person, who took her out of the register; she reads it by office."""
    assert user.volunteer is not None  # noqa: S101  (staff of the register are a volunteer; tells mypy)
    people, now = list(people), timezone.now()
    LookUp.objects.bulk_create(
        [LookUp(by=user.volunteer, volunteer=person, organisation=organisation, what=what, at=now) for person in people]
    )
    for person in people:
        if what == LookUp.What.PERSON:
            record("register_looked_up", person, actor=user)
    today = timezone.localdate()
    looked = LookUp.objects.filter(by=user.volunteer, organisation=organisation, at__date=today)
    seen = looked.values("volunteer").distinct().count()
    if seen > MOST_PEOPLE_A_DAY:
        _alert(user.volunteer, organisation, today, seen)


def note_question(user: User, question: Question, shown: int) -> None:
    """Write down that a member of staff asked the register, with how many names she was shown."""
    assert user.volunteer is not None  # noqa: S101  (staff of the register are a volunteer; tells mypy)
    record(
        "register_asked",
        question.role,
        actor=user,
        day=question.day.isoformat(),
        place=question.place.code if question.place else "",
        status=question.status,
        shown=shown,
    )
    today = timezone.localdate()
    listed = _listed_today(user, today)
    if listed > MOST_LISTED_A_DAY:
        _alert(user.volunteer, question.role.organisation, today, listed)


def _listed_today(user: User, today: date) -> int:
    rows = AuditEntry.objects.filter(action="register_asked", actor=f"people.user:{user.pk}", at__date=today)
    return sum(details.get("shown", 0) for details in rows.values_list("details", flat=True))


def _alert(about: Volunteer, organisation: Organisation, day: date, count: int) -> None:
    """Write the day's alert about an account, or its higher count; another coordinator reads it."""
    alert, is_new = Alert.objects.get_or_create(
        organisation=organisation, about=about, day=day, defaults={"count": count}
    )
    if is_new:
        record("look_ups_alerted", alert)
    elif count > alert.count:
        Alert.objects.filter(pk=alert.pk).update(count=count, read_by=None, read_at=None)


def alerts_for(user: User, organisations: Iterable[Organisation]) -> list[Alert]:
    """Return the unread alerts about others in organisations (1 query)."""
    rows = Alert.objects.filter(organisation__in=list(organisations), read_by=None)
    return list(rows.exclude(about=user.volunteer).select_related("about__identity").order_by(F("day").desc()))
