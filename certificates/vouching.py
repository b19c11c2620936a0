"""Writing evidence into the ledger: what the school saw itself, and what people attest. Each may propose a role.

What the school saw (courses, practicals, workshops, visits) names its source and is written once, however often it
is announced. What people attest (a signature, an interview language, experience, a community's choice) is written by
a member of staff who may, or by the volunteer's own signature.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import ConductCode, CourseCertificate, Evidence, Requirement, Role, Visit
from certificates.proposing import propose_for
from certificates.spanning import rebuild, today
from cms.auditing import record
from people.models import Territory, Volunteer

Kind = Requirement.Kind
Medium = Evidence.Medium


class EvidenceRefused(Exception):
    """It cannot be taken. The message says why and what to do."""


def evidence_changed(people: Iterable[Volunteer]) -> None:
    """Do what follows from new or revoked evidence of people: their spans anew, and what there is to propose."""
    people = list(people)
    rebuild(people)
    propose_for(people)


# --- what the school saw itself ------------------------------------------------------------------------------------


def course_finished(certificate: CourseCertificate) -> Evidence | None:
    """Write a course certificate into the ledger (None where it stands there already)."""
    return _once(
        f"certificate:{certificate.uuid}",
        volunteer=certificate.volunteer,
        kind=Kind.COURSE,
        subject=str(certificate.course_key),
        level=max(certificate.edition, 1),
        day=certificate.completed_on,
    )


def practical_passed(volunteer: Volunteer, practical: UUID, day: date, source: str) -> Evidence | None:
    """Write a passed practical into the ledger; `source` names its result."""
    return _once(f"practical:{source}", volunteer=volunteer, kind=Kind.PRACTICAL, subject=str(practical), day=day)


def workshop_attended(
    volunteer: Volunteer, topic: UUID, day: date, place: Territory | None, workshop: UUID
) -> Evidence | None:
    """Write a person's attendance of a closed workshop into the ledger."""
    source = f"workshop:{workshop}:{volunteer.uuid}"
    found = _once(source, volunteer=volunteer, kind=Kind.WORKSHOP, subject=str(topic), day=day, territory=place)
    return found or _taken_up_again(source)


def visit_made(visit: Visit, volunteer: Volunteer) -> Evidence | None:
    """Write that a person went on a visit into the ledger: it counts as practice."""
    source = f"visit:{visit.uuid}:{volunteer.uuid}"
    found = _once(source, volunteer=volunteer, kind=Kind.VISIT, subject=str(visit.role.uuid), day=visit.day)
    return found or _taken_up_again(source)


def _once(source: str, **fields: Any) -> Evidence | None:
    try:
        with transaction.atomic():
            written = Evidence.objects.create(source=source, **fields)
    except IntegrityError:  # announced twice, or by two deeds at once
        return None
    evidence_changed([written.volunteer])
    return written


def _taken_up_again(source: str) -> Evidence | None:
    """Return evidence that was revoked by mistake as standing again, or None when it stands."""
    found = Evidence.objects.filter(source=source, revoked_on__isnull=False).first()
    if found is None:
        return None
    found.revoked_on, found.revoked_reason, found.revoked_by = None, "", None
    found.save(update_fields=["revoked_on", "revoked_reason", "revoked_by"])
    evidence_changed([found.volunteer])
    return found


# --- what people attest --------------------------------------------------------------------------------------------


@transaction.atomic
def sign_conduct(
    volunteer: Volunteer, code: ConductCode, day: date, *, recorded_by: Volunteer | None = None
) -> Evidence:
    """Write that a person signed a code of conduct: on her screen, or on paper that another recorded. Twice is once."""
    _refuse_future(day)
    medium = Medium.PAPER if recorded_by else Medium.SCREEN
    return _attested(
        volunteer,
        Kind.CONDUCT,
        str(code.uuid),
        day,
        medium=medium,
        recorded_by=recorded_by,
        attested_by=None if recorded_by else volunteer,
    )


@transaction.atomic
def attest_language(
    volunteer: Volunteer,
    language: str,
    day: date,
    *,
    recorded_by: Volunteer,
    attested_by: Volunteer | None = None,
    attester: str = "",
) -> Evidence:
    """Write a speaker's word that a person can interview in a language; the speaker is a member, or is named."""
    _refuse_future(day)
    if not attested_by and not attester.strip():
        raise EvidenceRefused(_("Say which speaker of the language gives her word."))
    if attested_by == volunteer:
        raise EvidenceRefused(_("Nobody attests for herself. Ask another speaker of the language."))
    return _attested(
        volunteer,
        Kind.LANGUAGE,
        language,
        day,
        medium=Medium.PAPER,
        recorded_by=recorded_by,
        attested_by=attested_by,
        attester=attester,
    )


@transaction.atomic
def recognise(
    volunteer: Volunteer,
    role: Role,
    day: date,
    *,
    recorded_by: Volunteer,
    attester: str,
    until: date | None = None,
    medium: str = Medium.PAPER,
) -> Evidence:
    """Write that a person is recognised by experience for a role, by whom, and until when if that is limited."""
    _refuse_future(day)
    if recorded_by == volunteer:
        raise EvidenceRefused(_("Nobody attests for herself. Ask another coordinator."))
    if until and until < day:
        raise EvidenceRefused(_("The end lies before the beginning."))
    if not attester.strip():
        raise EvidenceRefused(_("Say who recognises her."))
    return _attested(
        volunteer,
        Kind.RECOGNISED,
        str(role.uuid),
        day,
        until=until,
        medium=medium,
        recorded_by=recorded_by,
        attester=attester,
    )


@transaction.atomic
def record_naming(
    volunteer: Volunteer,
    role: Role,
    day: date,
    *,
    recorded_by: Volunteer,
    body: str,
    attester: str,
    territory: Territory | None = None,
) -> Evidence:
    """Write that a community (assembly or COCODE) named a person for a role, and who attests it."""
    _refuse_future(day)
    if not attester.strip():
        raise EvidenceRefused(_("Say who attests that the community named her."))
    return _attested(
        volunteer,
        Kind.NAMED,
        str(role.uuid),
        day,
        medium=Medium.PAPER,
        recorded_by=recorded_by,
        body=body,
        attester=attester,
        territory=territory,
    )


def _attested(volunteer: Volunteer, kind: str, subject: str, day: date, **fields: Any) -> Evidence:
    """Return the evidence, written now unless the same stands already."""
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)  # two clicks at once write one
    same = Evidence.objects.filter(volunteer=volunteer, kind=kind, subject=subject, revoked_on=None)
    if kind != Kind.CONDUCT:
        same = same.filter(day=day)
    found = same.first()
    if found:
        return found
    written = Evidence.objects.create(volunteer=volunteer, kind=kind, subject=subject, day=day, **fields)
    record("evidence_recorded", written, actor=fields.get("recorded_by"), kind=kind)
    evidence_changed([volunteer])
    return written


def _refuse_future(day: date) -> None:
    if day > today():
        raise EvidenceRefused(_("That day has not come yet."))


# --- taken back ----------------------------------------------------------------------------------------------------


@transaction.atomic
def revoke_evidence(evidence: Evidence, reason: str, by: Volunteer | None = None, on: date | None = None) -> Evidence:
    """Revoke evidence from a day (today when none is given); roles that rest on it do not hold from then on."""
    if not reason.strip():
        raise EvidenceRefused(_("Write the reason: the volunteer reads it."))
    held = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if held.revoked_on is None:
        held.revoked_on, held.revoked_reason, held.revoked_by = on or timezone.localdate(), reason.strip(), by
        held.save(update_fields=["revoked_on", "revoked_reason", "revoked_by"])
        record("evidence_revoked", held, actor=by, kind=held.kind)
        evidence_changed([held.volunteer])
    return held


def revoke_sources(source: str, reason: str, by: Volunteer | None = None) -> None:
    """Revoke what was written for a source, if it stands."""
    for found in Evidence.objects.filter(source=source, revoked_on=None):
        revoke_evidence(found, reason, by)
