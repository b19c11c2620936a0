"""Taking staff on: a person, her account, her responsibility and what of the admin it opens."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cms.auditing import record
from people.models import Identity, Organisation, Responsibility, User, Volunteer
from people.signals import organisation_founded

Kind = Responsibility.Kind

TRAINERS = "Formadoras y formadores"
TRANSLATORS = "Traducción"
COORDINATORS = "Coordinación"
ADMINISTRATORS = "Administración"
GROUPS: dict[str, str] = {
    Kind.TRAINER: TRAINERS,
    Kind.PARTNER: TRAINERS,
    Kind.TRANSLATOR: TRANSLATORS,
    Kind.COORDINATOR: COORDINATORS,
    Kind.ADMINISTRATOR: ADMINISTRATORS,
}
"""The group that lets a kind of responsibility into Wagtail's admin; whose rows it reaches there is asked of `may`."""


@transaction.atomic
def take_on(user: User, name: str, organisation: Organisation, kind: str, *, by: User | None = None) -> User:
    """Save a new account with its person and her first responsibility, from today; return it. Audited."""
    person = Volunteer.objects.create(organisation=organisation)
    Identity.objects.create(volunteer=person, safe_name=name)
    user.volunteer = person
    user.save()
    Responsibility.objects.create(
        volunteer=person, kind=kind, organisation=organisation, starts_on=timezone.localdate()
    )
    record("staff_taken_on", person, actor=by, kind=kind)
    return user


@transaction.atomic
def found_organisation(organisation: Organisation, by: User) -> Organisation:
    """Save a new organisation; who founds it administers it, so that she can take on its own people. Audited."""
    organisation.save()
    Responsibility.objects.create(  # type: ignore[misc]  # the database refuses one without a volunteer
        volunteer=by.volunteer, kind=Kind.ADMINISTRATOR, organisation=organisation, starts_on=timezone.localdate()
    )
    record("organisation_founded", organisation, actor=by)
    organisation_founded.send(Organisation, organisation=organisation)
    return organisation


@transaction.atomic
def forget_second_factor(user: User, by: User) -> None:
    """Take away a lost second factor; the person sets up a new one when she signs in next. Audited."""
    Authenticator.objects.filter(user=user).delete()
    record("second_factor_forgotten", user, actor=by)


def open_admin(volunteer: Volunteer) -> None:
    """Put a member of staff into the groups that her responsibilities of today open, and out of the others."""
    user = User.objects.filter(volunteer=volunteer).first()
    if user is None:
        return
    held = Responsibility.objects.held_on(timezone.localdate()).filter(volunteer=volunteer)
    wanted = {GROUPS[kind] for kind in held.values_list("kind", flat=True) if kind in GROUPS}
    user.groups.remove(*user.groups.filter(name__in=set(GROUPS.values()) - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted))
