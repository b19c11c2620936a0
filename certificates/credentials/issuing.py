"""Issuing field credentials: one card that counts for each grant, signed, with a name that only the card tells."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.credentials.commitments import SALT_BYTES, commit
from certificates.credentials.keys import SigningKey, newest_key
from certificates.credentials.signing import STATUS_PLACES, Facts, as_text, from_text, link, sign, to_fit
from certificates.eligibility import facts_of, last_day
from certificates.issuing import new_code
from certificates.models import FieldCredential, Grant, IssuerProfile
from cms.auditing import record
from people.models import Organisation, Volunteer

MOST_TRIES = 20


class CardRefused(Exception):
    """No card can be made. The message says why and what to do."""


@dataclass(frozen=True)
class Signer:
    """What an organisation signs cards with: its key, and its confirmed profile or None (then cards are samples)."""

    key: SigningKey
    profile: IssuerProfile | None

    @property
    def name(self) -> str:
        """How the organisation stands on cards, in the language in force."""
        return self.profile.display_name if self.profile else _("Sample school")


def signer_of(organisation: Organisation) -> Signer:
    """Return what an organisation signs with (1 query and its key's file): asked once for many cards."""
    profile = IssuerProfile.objects.filter(organisation=organisation, confirmed=True).first()
    return Signer(newest_key(organisation.uuid), profile)


def card_of(grant: Grant) -> FieldCredential | None:
    """Return the card of a grant that counts, or None."""
    return cards_of([grant]).get(grant.pk)


def cards_of(grants: Iterable[Grant]) -> dict[int, FieldCredential]:
    """Return the cards that count, by the ids of their grants (1 query)."""
    rows = FieldCredential.objects.filter(grant__in=list(grants), revoked_at=None, valid_to__gte=timezone.localdate())
    return {card.grant_id: card for card in rows.select_related("grant__territory__parent").order_by("issued_at")}


@transaction.atomic
def issue_card(
    grant: Grant,
    *,
    name: str,
    language: str,
    shows_place: bool,
    by: Volunteer,
    is_plain: bool = False,
    signer: Signer | None = None,
) -> FieldCredential:
    """Return a new card for a role that holds today, until the day it ends; earlier cards of the role count no more.

    `is_plain` puts the role's name for papers shown elsewhere on it, where the role has one. `signer`
    is passed where many cards are made. Raises `CardRefused` in words.
    """
    held = (
        Grant.objects.select_for_update(of=("self",)).select_related("role__organisation", "territory").get(pk=grant.pk)
    )
    today = timezone.localdate()
    standing = facts_of([held.volunteer])[held.volunteer_id].standing(held)
    if not standing.is_active(today):
        raise CardRefused(_("The role does not hold today, so there is no card for it."))
    if not name.strip():
        raise CardRefused(_("Write the name that shall stand on the card."))
    held.credentials.filter(revoked_at=None).update(revoked_at=timezone.now())
    own = signer or signer_of(held.role.organisation)
    for _try in range(MOST_TRIES):
        card = _signed(held, name.strip(), language, shows_place, is_plain, last_day(standing, today), own)
        try:
            with transaction.atomic():
                card.save()
        except IntegrityError:  # another card has this code or this place in the list
            continue
        record("card_issued", card, actor=by)
        return card
    raise CardRefused(_("The list of cards is full. Tell the people who keep the school."))


def _signed(
    grant: Grant, name: str, language: str, shows_place: bool, is_plain: bool, until: date, signer: Signer
) -> FieldCredential:
    """Return an unsaved card with its token."""
    organisation = grant.role.organisation
    salt = secrets.token_bytes(SALT_BYTES)
    with translation.override(language):
        role = (grant.role.plain_name if is_plain else "") or grant.role.name
        issuer = signer.name
    facts = to_fit(
        Facts(
            organisation=organisation.uuid,
            issuer=issuer,
            code=new_code(),
            role=role,
            valid_from=timezone.localdate(),
            valid_to=until,
            salt=salt,
            commitment=commit(name, salt),
            status_index=secrets.randbelow(STATUS_PLACES),
            language=language,
            place=str(grant.territory) if shows_place and grant.territory else "",
        )
    )
    return FieldCredential(
        code=facts.code,
        grant=grant,
        organisation=organisation,
        name=name,
        role_name=role,
        language=language,
        shows_place=shows_place,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        index=facts.status_index,
        key_id=signer.key.id.hex(),
        token=as_text(sign(facts, signer.key)),
    )


def address_of(card: FieldCredential) -> str:
    """Return the address in the card's QR code."""
    return link(from_text(card.token), card.language)
