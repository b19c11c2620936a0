"""What the database knows of field credentials: whose there are, which count no more, and what a code belongs to."""

from datetime import date

from django.utils import timezone

from certificates.eligibility import facts_of
from certificates.models import FieldCredential
from people.models import Organisation, Volunteer


def organisations_with_credentials() -> list[Organisation]:
    """Return the organisations that have ever issued a field credential."""
    issued = FieldCredential.objects.values("organisation").distinct()
    return list(Organisation.objects.filter(pk__in=issued).order_by("pk"))


def revoked_indexes(organisation: Organisation) -> list[int]:
    """Return the status indexes of cards not yet run out that count no more today: replaced, suspended or revoked.

    5 queries, however many cards.
    """
    today = timezone.localdate()
    rows = FieldCredential.objects.filter(organisation=organisation, valid_to__gte=today)
    cards = list(rows.select_related("grant").defer("token", "name"))
    people = Volunteer.objects.filter(pk__in={card.grant.volunteer_id for card in cards})
    active = _active_grants(list(people), today)
    return [card.index for card in cards if card.revoked_at or card.grant_id not in active]


def is_valid(card: FieldCredential, day: date) -> bool:
    """Return whether a card counts on a day."""
    if card.revoked_at and timezone.localtime(card.revoked_at).date() <= day:
        return False
    holds = card.grant_id in _active_grants([card.grant.volunteer], day)
    return holds and card.valid_from <= day <= card.valid_to


def _active_grants(people: list[Volunteer], day: date) -> set[int]:
    return {
        grant.pk
        for facts in facts_of(people).values()
        for grant in facts.grants
        if facts.standing(grant).is_active(day)
    }
