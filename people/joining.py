"""Joining: a person, her consent and her way in, in one transaction; and leaving for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.auditing import record
from cms.backing_up import remember_erased
from cms.orthography import store
from people.models import (
    Cohort,
    CohortMembership,
    Consent,
    DeviceCredential,
    Identity,
    Invitation,
    Organisation,
    SignIn,
    User,
    Volunteer,
)
from people.permissions import those_she_may
from people.signals import volunteer_erased, volunteer_joined
from people.signing_in import new_code

CONSENT_VERSION = "2026-11"
CARD_LIFE = timedelta(days=180)
NAME_LENGTH = 60


class JoiningRefused(Exception):
    """The invitation cannot be used. The message says what to do next."""


@dataclass(frozen=True)
class Newcomer:
    """What a person gives when she joins; nothing else is asked."""

    name: str
    language: str
    consent_how: str
    adult: str
    secret_kind: str
    secret: str


def find_invitation(code: str | None) -> Invitation:
    """Return the open invitation with this code. Raises `JoiningRefused` in words."""
    invitation = Invitation.objects.select_related("organisation", "cohort").filter(code=code or "").first()
    if invitation is None:
        raise JoiningRefused(_("We do not know this code. Look at the card again, or ask your facilitator."))
    if invitation.expires_at <= timezone.now():
        raise JoiningRefused(_("This invitation is too old. Ask your facilitator for a new one."))
    if invitation.uses >= invitation.most_uses:
        raise JoiningRefused(_("This card was already used. If it is yours, sign in with your PIN."))
    return invitation


@transaction.atomic
def join(newcomer: Newcomer, invitation: Invitation | None = None) -> SignIn:
    """Make the person with her consent and her sign-in; return the sign-in.

    With an invitation she belongs to its organisation and cohort, and a card's code becomes her code. With a card for
    a person the school knows she is that person, called from now on as she says. Raises `JoiningRefused` when another
    person used the invitation up meanwhile, or when the known person has a way in already or was erased.
    """
    if invitation is not None:
        _use(invitation)
    if invitation is not None and invitation.volunteer_id is not None:
        volunteer = _known_person(invitation.volunteer_id, newcomer.language)
    else:
        organisation = invitation.organisation if invitation else Organisation.objects.get(is_default=True)
        volunteer = Volunteer.objects.create(organisation=organisation, language=newcomer.language)
    Identity.objects.update_or_create(volunteer=volunteer, defaults={"safe_name": clean_name(newcomer.name)})
    Consent.objects.create(
        volunteer=volunteer,
        text_version=CONSENT_VERSION,
        language=newcomer.language,
        how=newcomer.consent_how,
        adult=newcomer.adult,
    )
    sign_in = SignIn(volunteer=volunteer, code=invitation.code if invitation and invitation.is_card else new_code())
    sign_in.set_secret(newcomer.secret_kind, newcomer.secret)
    sign_in.save()
    cohort = invitation.cohort if invitation else None
    if cohort:
        CohortMembership.objects.create(cohort=cohort, volunteer=volunteer)
    volunteer_joined.send(Volunteer, volunteer=volunteer, cohort=cohort)
    return sign_in


def clean_name(name: str) -> str:
    """Return a name with its spaces and glottal signs in order."""
    return store(" ".join(name.split()))


def _use(invitation: Invitation) -> None:
    """Count one use in a single statement, so that two people cannot both take the last place."""
    used = Invitation.objects.open().filter(pk=invitation.pk).update(uses=F("uses") + 1)
    if not used:
        raise JoiningRefused(_("This card was already used. If it is yours, sign in with your PIN."))


def _known_person(key: int, language: str) -> Volunteer:
    """Return the person a card is for, with the language in which she joins; refuse in words if she cannot come in."""
    volunteer = Volunteer.objects.select_for_update().get(pk=key)
    if not _without_way_in([volunteer]).exists():
        raise JoiningRefused(_("This card is no longer needed. Sign in with your code, or ask your facilitator."))
    volunteer.language = language
    volunteer.save(update_fields=["language"])
    return volunteer


def _without_way_in(people: Iterable[Volunteer]) -> QuerySet[Volunteer]:
    rows = Volunteer.objects.filter(pk__in=[person.pk for person in people], erased_at=None, merged_into=None)
    return rows.filter(sign_in=None, user=None)


def print_cards(by: User, organisation: Organisation, count: int, cohort: Cohort | None = None) -> list[Invitation]:
    """Make a sheet of unused cards, each for one person; audited."""
    assert by.volunteer is not None  # noqa: S101  (staff always are a volunteer; tells mypy)
    first = Invitation(code=new_code(), organisation=organisation, cohort=cohort, made_by=by.volunteer)
    expires_at = timezone.now() + CARD_LIFE
    cards = []
    for _number in range(count):
        cards.append(
            Invitation.objects.create(
                code=new_code(),
                organisation=organisation,
                cohort=cohort,
                made_by=by.volunteer,
                sheet=first.sheet,
                expires_at=expires_at,
            )
        )
    record("cards_printed", organisation, actor=by, count=count, sheet=str(first.sheet))
    return cards


def those_to_invite(by: User, people: Iterable[Volunteer]) -> list[Volunteer]:
    """Return those of the people who have no way in yet and are in the care of `by` (2 queries)."""
    rows = _without_way_in(people).select_related("organisation", "territory__parent__parent").order_by("pk")
    return those_she_may(by, "invite", rows)


@transaction.atomic
def cards_for(by: User, people: Iterable[Volunteer]) -> UUID:
    """Lay a card for each person who may be invited (`those_to_invite`) on one new sheet; return the sheet. Audited.

    A card of hers that is still open is laid on the new sheet, so that a person never has two. Raises `JoiningRefused`
    when there is nobody to invite.
    """
    assert by.volunteer is not None  # noqa: S101  (staff always are a volunteer; tells mypy)
    keys = [person.pk for person in people]
    # one after the other, so that two facilitators do not make two cards for one person
    invited = those_to_invite(by, list(Volunteer.objects.select_for_update().filter(pk__in=keys).order_by("pk")))
    if not invited:
        raise JoiningRefused(_("There is nobody here who needs a card."))
    sheet, expires_at = uuid4(), timezone.now() + CARD_LIFE
    kept = {card.volunteer_id: card for card in Invitation.objects.open().filter(volunteer__in=invited)}
    for person in invited:
        card = kept.get(person.pk) or Invitation(code=new_code(), organisation=person.organisation, volunteer=person)
        card.made_by, card.sheet, card.expires_at = by.volunteer, sheet, expires_at
        card.save()
        record("person_invited", person, actor=by, sheet=str(sheet))
    return sheet


def card_for(by: User, volunteer: Volunteer) -> Invitation:
    """Return a card with which this person comes in, made now or open still, alone on its sheet; see `cards_for`."""
    return Invitation.objects.get(sheet=cards_for(by, [volunteer]))


@transaction.atomic
def reset_secret(by: User, sign_in: SignIn, kind: str, secret: str) -> None:
    """Give a learner a new PIN or row of pictures; ends her sessions and devices; audited."""
    sign_in.set_secret(kind, secret)
    sign_in.save()
    DeviceCredential.objects.filter(volunteer=sign_in.volunteer).update(revoked_at=timezone.now())
    record("pin_reset", sign_in.volunteer, actor=by)


@transaction.atomic
def erase(volunteer: Volunteer, by: User | None = None) -> None:
    """Destroy everything that says who a person is; her facts stay under the random key and count on."""
    volunteer_erased.send(Volunteer, volunteer=volunteer)
    Identity.objects.filter(volunteer=volunteer).delete()
    SignIn.objects.filter(volunteer=volunteer).delete()
    Invitation.objects.filter(volunteer=volunteer).delete()
    DeviceCredential.objects.filter(volunteer=volunteer).delete()
    CohortMembership.objects.filter(volunteer=volunteer).delete()
    Consent.objects.filter(volunteer=volunteer, withdrawn_at=None).update(withdrawn_at=timezone.now())
    volunteer.territory, volunteer.erased_at = None, timezone.now()
    volunteer.save(update_fields=["territory", "erased_at"])
    record("person_erased", volunteer, actor=by)
    remember_erased(str(volunteer.uuid))
