"""What a badge tells, apart from where the school keeps it: from a certificate's copy or from a field credential."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.badges.issuers import Issuer
from certificates.models import CertificateCopy, FieldCredential, IssuerProfile
from cms.languages import SOURCE_LANGUAGE
from people.models import Organisation

Kind = Literal["course", "role"]


@dataclass(frozen=True)
class Achieved:
    """A course completed or a role held, by a person, for days (both included), as an organisation tells it.

    `about` is the key of the course or role; `language` that of title, description and criteria; `status` the place
    (from 0, for each kind) in the issuer's lists of what does not count any more, or None where it has none.
    """

    kind: Kind
    issuer: Issuer
    uuid: UUID
    code: str
    about: UUID
    title: str
    description: str
    criteria: str
    language: str
    valid_from: date
    valid_until: date | None
    holder: str
    status: int | None


def confirmed_profile(organisation: Organisation) -> IssuerProfile | None:
    """Return how an organisation that confirmed its name stands on what it issues, or None."""
    return IssuerProfile.objects.filter(organisation=organisation, confirmed=True).first()


def issuer_from(profile: IssuerProfile) -> Issuer:
    """Return the issuer whose name a profile tells."""
    return Issuer(profile.organisation.uuid, profile.display_name, settings.PUBLIC_URL)


def of_certificate(copy: CertificateCopy, profile: IssuerProfile) -> Achieved:
    """Return what a copy of a course certificate tells, in the language in which the course's title stands."""
    certificate = copy.certificate
    with translation.override(SOURCE_LANGUAGE):
        hours = ngettext(
            "Course of %(hours)d hour, edition %(edition)d.",
            "Course of %(hours)d hours, edition %(edition)d.",
            certificate.hours,
        ) % {"hours": certificate.hours, "edition": certificate.edition}
        return Achieved(
            kind="course",
            issuer=issuer_from(profile),
            uuid=certificate.uuid,
            code=certificate.code,
            about=certificate.course_key,
            title=certificate.course_title,
            description=f"{hours} {_what_it_is_not(profile)}",
            criteria=_("Finished every lesson, and passed the check of each module and the final evaluation."),
            language=SOURCE_LANGUAGE,
            valid_from=certificate.completed_on,
            valid_until=None,
            holder=copy.name,
            status=certificate.pk,
        )


def of_card(card: FieldCredential, profile: IssuerProfile) -> Achieved:
    """Return what a field credential tells, under the name of the role that its holder chose for it."""
    with translation.override(card.language):
        return Achieved(
            kind="role",
            issuer=issuer_from(profile),
            uuid=card.uuid,
            code=card.code,
            about=card.grant.role.uuid,
            title=card.role_name,
            description=_what_it_is_not(profile),
            criteria=_("A coordinator confirmed that she meets what the organisation asks for this role."),
            language=card.language,
            valid_from=card.valid_from,
            valid_until=card.valid_to,
            holder=card.name,
            status=card.index,
        )


def _what_it_is_not(profile: IssuerProfile) -> str:
    return _(
        "It shows training by %(organisation)s. It is no State licence and opens no patient's record. "
        "No one needs it to ask, to complain or to take part in health."
    ) % {"organisation": profile.display_name}
