"""A small network of invented people, so that a coordinator who tries the school finds something in the register."""

from datetime import timedelta

from certificates.granting import Dates, grant_of, pause, write
from certificates.models import ConductCode, Role
from certificates.spanning import today
from certificates.vouching import attest_language, recognise, sign_conduct
from people.models import Identity, Territory, User, Volunteer

MONITORS = [
    ("Rosa", "1609", "kek", 300),
    ("Tomasa", "1609", "kek", 25),
    ("Mateo", "1609", "kek", 300),
    ("Ana", "1601", "kek", 300),
    ("Luz", "1612", "kek", 48),
    ("Juan", "1401", "quc", 300),
    ("Micaela", "1405", "quc", 300),
    ("Santos", "0701", "tzj", 300),
]
"""Name, municipality, interview language, days until the end."""
PAUSED = ("Elena", "1601", "kek", 300)
WAITING = [("Cristina", "1609"), ("Domingo", "1610"), ("Vicenta", "1406")]


def make_demo_network(coordinator: User) -> int:
    """Make the people, with what they did and the roles they hold; return how many there are."""
    assert coordinator.volunteer is not None  # noqa: S101  (the demonstration makes her with it; tells mypy)
    organisation = coordinator.volunteer.organisation
    monitor = Role.objects.get(organisation=organisation, slug="monitora")
    for name, place, language, days in [*MONITORS, PAUSED]:
        person = _person(coordinator, name, place)
        attest_language(person, language, today(), recorded_by=coordinator.volunteer, attester="Vecina de la comunidad")
        grant = grant_of(person, monitor, monitor.place_for(person.territory))
        write(grant, "granted", Dates(today(), today() + timedelta(days=days)), coordinator.volunteer)
        if name == PAUSED[0]:
            pause(grant, person)
    defender = Role.objects.get(organisation=organisation, slug="defensora")
    code = ConductCode.objects.filter(organisation=organisation).latest("adopted_on")
    for name, place in WAITING:
        person = _person(coordinator, name, place)
        recognise(person, defender, today(), recorded_by=coordinator.volunteer, attester="Asamblea de la comunidad")
        sign_conduct(person, code, today())
    return len(MONITORS) + 1 + len(WAITING)


def _person(coordinator: User, name: str, place: str) -> Volunteer:
    assert coordinator.volunteer is not None  # noqa: S101  (asked above; tells mypy)
    person = Volunteer.objects.create(
        organisation=coordinator.volunteer.organisation, territory=Territory.objects.get(code=place)
    )
    Identity.objects.create(volunteer=person, safe_name=name)
    return person
