"""All that stands on her page of roles, gathered once: for the page itself and for the quiet panel on her path."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from certificates.mine.holding import Held, State, held_by
from certificates.mine.walking import MOST_STEPS, NextStep, Road, nearest, next_steps, renewals_of, roads_of
from certificates.models import Appeal, Evidence, Grant, Period, Proposal, Reminder, Role
from certificates.proposing import days_waiting
from certificates.reminding import newest_reminders
from certificates.requiring import day_in_words, known_of, roles_with_requirements
from cms.languages import SOURCE_LANGUAGE
from courses.public import live_courses
from people.models import Volunteer

NEWS_DAYS = 30
MOST_NEWS = 4
WAITING: dict[str, str | Promise] = {
    Proposal.Kind.GRANT: gettext_lazy("You have done everything. The coordination decides whether you get it."),
    Proposal.Kind.RENEWAL: gettext_lazy("You have done everything to renew it. The coordination decides."),
    Proposal.Kind.SUSPENSION: gettext_lazy(
        "Something it rests on is too old. The coordination looks at whether it goes on."
    ),
}
NEWS: dict[str, str | Promise] = {
    Period.Kind.GRANTED: gettext_lazy("You have this role now."),
    Period.Kind.RENEWED: gettext_lazy("Your role was renewed."),
    Period.Kind.EXTENDED: gettext_lazy("Your role goes on longer."),
    Period.Kind.SUSPENDED: gettext_lazy("The coordination put your role in pause."),
    Period.Kind.RESUMED: gettext_lazy("Your role goes on."),
    Period.Kind.REVOKED: gettext_lazy("The coordination ended your role."),
}


@dataclass(frozen=True)
class Card:
    """A role she holds or held, with what ends it and what renews it."""

    held: Held
    reminder: Reminder | None
    renewal: NextStep | None
    appeal: Appeal | None


@dataclass(frozen=True)
class Waiting:
    """A proposal that a coordination has to decide."""

    proposal: Proposal
    days: int

    @property
    def words(self) -> str:
        """What is proposed."""
        return str(WAITING[self.proposal.kind])

    @property
    def waited(self) -> str:
        """How long it waits."""
        return waited(self.days)


@dataclass(frozen=True)
class News:
    """Something that happened with a role of hers not long ago, and where she reads more."""

    at: datetime
    role: Role
    words: str
    url: str


@dataclass(frozen=True)
class Overview:
    """What she sees."""

    cards: list[Card]
    waiting: list[Waiting]
    declined: list[Proposal]
    steps: list[NextStep]
    roads: list[Road]
    news: list[News]

    @property
    def pending(self) -> list[NextStep]:
        """The steps that are hers to take next: to renew what she holds, then to what she is on the way to."""
        renewals = {card.renewal.key: card.renewal for card in self.cards if card.renewal}
        return [*renewals.values(), *(step for step in self.steps if step.key not in renewals)]

    @property
    def current(self) -> list[Card]:
        """Her roles that have not ended."""
        return [card for card in self.cards if card.held.state != State.ENDED]

    @property
    def past(self) -> list[Card]:
        """Her roles that have ended."""
        return [card for card in self.cards if card.held.state == State.ENDED]


def has_any(person: Volunteer) -> bool:
    """Return whether there is anything to tell a person of roles (at most 3 queries)."""
    rows: list[Any] = [Grant.objects, Proposal.objects, Evidence.objects]
    return any(model.filter(volunteer=person).exists() for model in rows)


def overview_of(person: Volunteer, day: date, now: datetime) -> Overview:
    """Return what a person sees of her roles on a day (the same number of queries, however many roles)."""
    known = known_of([person], person.organisation)[person.pk]
    roles = list(roles_with_requirements(person.organisation))
    held = held_by(known.facts, day)
    proposals = list(Proposal.objects.filter(volunteer=person).select_related("role").order_by("pk"))
    appeals = list(Appeal.objects.filter(volunteer=person))
    is_open = [row for row in proposals if row.state == Proposal.State.OPEN]
    roads = roads_of(person, known, roles, held, {row.role_id for row in is_open}, day)
    spoken = get_language() or SOURCE_LANGUAGE
    courses = {page.translation_key: page.slug for page in live_courses(spoken)}
    cards = _cards(held, renewals_of(person, known, roles, held, day), courses, appeals)
    declined = _declined(proposals, known.facts.grants)
    return Overview(
        cards=cards,
        waiting=[Waiting(row, days_waiting(row, now)) for row in is_open],
        declined=declined,
        steps=next_steps(nearest(roads), courses)[:MOST_STEPS],
        roads=roads,
        news=_news(cards, declined, proposals, appeals, now),
    )


def _cards(held: list[Held], renewals: dict[int, Road], courses: dict[UUID, str], appeals: list[Appeal]) -> list[Card]:
    reminders = newest_reminders(one.grant for one in held)
    by_period = {appeal.period_id: appeal for appeal in appeals if appeal.period_id}
    cards = []
    for one in held:
        road, reminder = renewals.get(one.grant.pk), reminders.get(one.grant.pk)
        is_current = reminder is not None and one.state == State.HOLDS and reminder.ends_on == one.until
        cards.append(
            Card(
                one,
                reminder if is_current else None,
                next_steps([road], courses)[0] if road else None,
                by_period.get(one.decision.pk) if one.decision else None,
            )
        )
    return cards


def _declined(proposals: list[Proposal], grants: list[Grant]) -> list[Proposal]:
    """Return, of each role, the newest refusal that nothing has followed since."""
    latest = {
        row.role_id: row for row in proposals if row.kind != Proposal.Kind.SUSPENSION and row.state != "withdrawn"
    }
    given = {
        (grant.role_id, period.recorded_at)
        for grant in grants
        for period in grant.periods.all()
        if period.kind in Period.OPENING
    }
    return [
        row
        for row in latest.values()
        if row.state == Proposal.State.DECLINED
        and not any(role == row.role_id and row.decided_at and at >= row.decided_at for role, at in given)
    ]


def _news(
    cards: list[Card], declined: Iterable[Proposal], proposals: list[Proposal], appeals: list[Appeal], now: datetime
) -> list[News]:
    """Return what happened in the last 30 days, the newest first: of each role what was done to it last."""
    found = []
    for card in cards:
        grant, newest = card.held.grant, list(card.held.grant.periods.all())[-1]
        if newest.by_id != grant.volunteer_id and newest.kind in NEWS:
            url = reverse("my_role", args=[grant.uuid])
            found.append(News(newest.recorded_at, grant.role, str(NEWS[newest.kind]), url))
        if card.reminder:
            found.append(News(card.reminder.made_at, grant.role, ends_words(card.reminder), reverse("my_roles")))
    refused = _("It was not given this time. You can read why.")
    found += [News(row.decided_at, row.role, refused, reverse("my_roles")) for row in declined if row.decided_at]
    found += _answers(cards, proposals, appeals)
    young = [row for row in found if row.at > now - timedelta(days=NEWS_DAYS)]
    return sorted(young, key=lambda row: row.at, reverse=True)[:MOST_NEWS]


def _answers(cards: list[Card], proposals: list[Proposal], appeals: list[Appeal]) -> list[News]:
    decisions: dict[Any, tuple[Role, Any]] = {("proposal", row.pk): (row.role, row.uuid) for row in proposals}
    for card in cards:
        grant = card.held.grant
        decisions |= {("period", period.pk): (grant.role, period.uuid) for period in grant.periods.all()}
    found = []
    for appeal in appeals:
        about = ("proposal", appeal.proposal_id) if appeal.proposal_id else ("period", appeal.period_id)
        role, key = decisions[about]
        if appeal.decided_at:
            url = reverse("my_appeal", args=[key])
            found.append(News(appeal.decided_at, role, _("The other office has answered you."), url))
    return found


def ends_words(reminder: Reminder) -> str:
    """Return a reminder in words."""
    return _("Your role ends on %(day)s.") % {"day": day_in_words(reminder.ends_on)}


def waited(days: int) -> str:
    """Return in words for how many days something has waited."""
    if days == 0:
        return _("It has been waiting since today.")
    return ngettext("It has been waiting for %(n)s day.", "It has been waiting for %(n)s days.", days) % {"n": days}


def waited_since(at: datetime) -> str:
    """Return in words for how many days something has waited that was sent then."""
    return waited((timezone.localdate() - timezone.localdate(at)).days)
