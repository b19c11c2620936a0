"""What is done in a school by code, because other journeys walk it or because it happened before this one."""

import json
import sys
from datetime import timedelta

from tests.journeys import clocked  # it opens the school

# isort: split
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from assessments.models import Practical
from assessments.observing import Seen, content_of_practical, observe
from certificates.credentials.issuing import address_of, issue_card
from certificates.granting import Dates, grant_of, revoke_role, write
from certificates.models import ConductCode, FieldCredential, Grant, MonitoringCycle, Period, Proposal, Role
from certificates.vouching import sign_conduct
from cms.housekeeping import keep_house
from cms.working import run_next
from courses.completing import complete_lessons, complete_quiz, requirement_of
from courses.models import CoursePage
from people.joining import Newcomer, join
from people.models import Organisation, Responsibility, Territory, User, Volunteer
from people.public import take_on

CARCHA = "1609"
PIN = "836152"
PASSWORD = "una-clave-larga"


def organisation():
    return Organisation.objects.get(is_default=True)


def of_code(code):
    return Volunteer.objects.get(sign_in__code=code)


def joins(name, home=""):
    """Somebody joins; her code."""
    joined = join(Newcomer(name, "es", "read", "self", "pin", PIN))
    if home:
        Volunteer.objects.filter(pk=joined.volunteer.pk).update(territory=Territory.objects.get(code=home))
    return {"code": joined.code}


def takes_on(name, kind, home=""):
    """A member of staff begins, for a place or for all; what she signs in with."""
    user = User(username=f"{kind}-{User.objects.count()}")
    user.set_password(PASSWORD)
    take_on(user, name, organisation(), kind)
    if home:
        Responsibility.objects.filter(volunteer=user.volunteer).update(territory=Territory.objects.get(code=home))
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return {"username": user.username, "password": PASSWORD, "totp": secret}


def finishes_the_course(code):
    """She completes every lesson and every evaluation of the basic course."""
    person, now = of_code(code), timezone.now()
    required = requirement_of(CoursePage.objects.source().get(slug="curso-basico"))
    complete_lessons(person, [(key, now, 1) for key in required.lessons])
    for key in [*required.checks, required.final]:
        complete_quiz(person, key, now, 1)
    works()


def waits_for_a_decision(name):
    """Somebody of San Pedro Carchá has done all that a defender has done; her code, and the addresses' keys."""
    code = joins(name, CARCHA)["code"]
    finishes_the_course(code)
    person = of_code(code)
    sign_conduct(person, ConductCode.objects.get(organisation=organisation()), timezone.localdate())
    proposal = Proposal.objects.get(volunteer=person, role__slug="defensora")
    return {"code": code, "person": str(person.uuid), "proposal": str(proposal.uuid)}


def given(code):
    """How many roles a person was given, and how many periods they have."""
    held = Grant.objects.filter(volunteer=of_code(code))
    return {"grants": held.count(), "periods": Period.objects.filter(grant__in=held).count()}


def passes_the_practical(code, observer):
    """An observer sees her do all of the practical."""
    practical = Practical.objects.filter(locale__language_code="es").first()
    points = {line["id"]: line["points"] for line in content_of_practical(practical)["rubric"]}
    seen = Seen(points, timezone.localdate(), is_no_relative=True)
    by = User.objects.get(username=observer).volunteer
    observe(practical, of_code(code), seen, observer=by, recorded_by=by)
    works()


def opens_the_next_cycle():
    """The organisation writes the monitoring cycle that follows the one it has."""
    last = MonitoringCycle.objects.filter(organisation=organisation()).latest("ends_on")
    begins = last.ends_on + timedelta(days=1)
    ends = begins + timedelta(days=540)
    MonitoringCycle.objects.create(
        organisation=organisation(), name="Segundo ciclo", starts_on=begins, ends_on=ends, visit_role=last.visit_role
    )
    return {"begins": begins.isoformat(), "ends": ends.isoformat()}


def works():
    """The worker does what waits and keeps house, as it does every ten minutes."""
    while run_next():
        pass
    keep_house()


def makes_cards(name):
    """Cards of three people of this name: one that is valid, one revoked today, one that ended last year."""
    by = User.objects.get(username="coordinador")
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        expired = _card(name, by, days=30)
    revoked = _card(name, by, days=200)
    revoke_role(revoked.grant, by, "Se retiró.")
    valid = _card(name, by, days=200)
    cards = {"valid": valid, "revoked": revoked, "expired": expired}
    return {state: {"code": card.code, "link": address_of(card)} for state, card in cards.items()}


def link_of_card(code):
    """The address in a card's square code."""
    return address_of(FieldCredential.objects.get(code=code))


def _card(name, by, days):
    person = join(Newcomer(name, "es", "read", "self", "pin", PIN)).volunteer
    role, today = Role.objects.get(organisation=organisation(), slug="monitora"), timezone.localdate()
    place = Territory.objects.get(code=CARCHA)
    grant = grant_of(person, role, role.place_for(place))
    write(grant, "granted", Dates(today, today + timedelta(days=days)), by.volunteer)
    return issue_card(grant, name=name, language="es", shows_place=False, by=by.volunteer)


if __name__ == "__main__":
    clocked.set_clock()
    deed, told = sys.argv[1:]
    sys.stdout.write(json.dumps(globals()[deed](**json.loads(told))))
