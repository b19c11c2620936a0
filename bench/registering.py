"""The register over 100,000 people with five years of history, on PostgreSQL: questions, their queries, the map."""

import itertools
import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

from bench import clustered
from bench.figure import Figure
from bench.querying import counted_queries

PEOPLE = 100_000
SAMPLE = 200
REBUILT = 1_000
PLACES = {"municipality": "1609", "department": "16", "country": ""}
DAYS = {"past": -400, "today": 0, "ahead": 60}
ROLES = ("monitora", "defensora", "informada")
FEW = {"role": "monitora", "status": "certified", "language": "itz"}
MANY = {"role": "monitora", "status": "certified", "language": ""}
MAPS = 10
SPOKEN = ("kek", "quc", "mam", "cak")
RARE = "itz"

MEMBERS = """
    INSERT INTO people_volunteer (uuid, organisation_id, territory_id, language, joined_at)
    SELECT gen_random_uuid(), %(organisation)s, place.id, 'es', now() - interval '6 years'
    FROM generate_series(1, %(people)s) number
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS number FROM people_territory WHERE kind = 'municipality')
        place ON place.number = mod(number.number * 7919, 340)
    ORDER BY number.number"""
NAMES = """
    INSERT INTO people_identity (volunteer_id, safe_name, legal_name, phone)
    SELECT id, %(name)s, '', '' FROM people_volunteer WHERE organisation_id = %(organisation)s
    ON CONFLICT DO NOTHING"""
# what each will have been: `lot` of a hundred tells the role, `turn` of twenty what became of it, `late` which of four
# renewals came late, `ends` the last day of all
PLAN = """
    CREATE TEMPORARY TABLE plan AS
    SELECT person.id, place.id AS municipality, place.parent_id AS department, mod(drawn, 100) AS lot,
        mod(drawn / 100, 20) AS turn, mod(drawn / 13, 4) AS late,
        %(today)s::date - 100 + mod(drawn / 2000, 400) AS ends,
        CASE WHEN mod(drawn / 7, 4000) = 0 THEN %(rare)s
            WHEN mod(drawn / 7, 5) < 3 THEN (%(spoken)s::text[])[1 + mod(place.id, 4)] END AS spoken
    FROM people_volunteer person JOIN people_territory place ON place.id = person.territory_id
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(person.id::text), 7))::bit(28)::int AS drawn) lots
    WHERE person.organisation_id = %(organisation)s"""
GRANTS = """
    INSERT INTO certificates_grant (uuid, volunteer_id, role_id, territory_id, created_at)
    SELECT gen_random_uuid(), plan.id, role.id,
        CASE role.reach WHEN 'department' THEN department WHEN 'municipality' THEN municipality END, now()
    FROM plan JOIN certificates_role role ON role.organisation_id = %(organisation)s AND (
        role.slug = CASE WHEN lot < 70 THEN 'monitora' WHEN lot < 75 THEN 'coordinadora-municipal'
            WHEN lot < 87 THEN 'defensora' END
        OR role.slug = 'facilitadora' AND (lot BETWEEN 87 AND 89 OR mod(lot, 25) = 0))
    ORDER BY plan.id"""
# three in a hundred hold theirs for a second place too
SECOND_PLACES = """
    INSERT INTO certificates_grant (uuid, volunteer_id, role_id, territory_id, created_at)
    SELECT gen_random_uuid(), plan.id, held.role_id, (
        SELECT max(id) FROM people_territory place WHERE parent_id = department AND id <> municipality), now()
    FROM plan JOIN certificates_grant held ON held.volunteer_id = plan.id AND held.territory_id = municipality
    WHERE lot IN (10, 40, 70) ORDER BY plan.id"""
# five years, some renewed late; then some paused, suspended, resumed or revoked
PERIODS = """
    INSERT INTO certificates_period (uuid, grant_id, number, kind, starts_on, ends_on, by_id, reason, evidence,
        recorded_at)
    SELECT gen_random_uuid(), grant_id, row_number() OVER (PARTITION BY grant_id ORDER BY starts_on), kind, starts_on,
        ends_on, %(author)s, CASE WHEN kind IN ('suspended', 'revoked') THEN 'Falta aclarar una visita.' ELSE '' END,
        '[]', starts_on
    FROM (
        SELECT given.id AS grant_id, CASE year WHEN 1 THEN 'granted' ELSE 'renewed' END AS kind,
            ends - 365 * (6 - year) + CASE WHEN mod(late + year, 4) = 0 THEN 45 ELSE 1 END AS starts_on,
            ends - 365 * (5 - year) AS ends_on
        FROM plan JOIN certificates_grant given ON given.volunteer_id = plan.id CROSS JOIN generate_series(1, 5) year
        UNION ALL
        SELECT given.id, what.kind, what.starts_on, NULL
        FROM plan JOIN certificates_grant given ON given.volunteer_id = plan.id
        JOIN (VALUES (3, 'paused', -20), (5, 'suspended', -50), (7, 'paused', -800), (7, 'resumed', -700),
            (9, 'revoked', -15)) happened (turn, kind, days) ON happened.turn = plan.turn
        CROSS JOIN LATERAL (SELECT happened.kind, %(today)s::date + happened.days AS starts_on) what
    ) acts
    ORDER BY grant_id, starts_on"""
EVIDENCE = """
    INSERT INTO certificates_evidence (uuid, volunteer_id, kind, subject, level, day, body, attester, medium, source,
        recorded_at, revoked_reason)
    SELECT gen_random_uuid(), plan.id, what.kind, what.subject, 1,
        ends - CASE WHEN lot < 90 THEN 365 * 5 + 30 ELSE 450 END, '', '', 'paper', '', now(), ''
    FROM plan CROSS JOIN LATERAL (
        SELECT 'conduct' AS kind, uuid::text AS subject FROM certificates_conductcode
        WHERE organisation_id = %(organisation)s AND mod(lot, 10) < 9
        UNION ALL
        SELECT 'language', spoken WHERE spoken IS NOT NULL
    ) what"""
# what `certificates.spanning` makes of it, with PostgreSQL's ranges of days
HELD = """
    INSERT INTO certificates_span (volunteer_id, role_id, organisation_id, territory_id, grant_id, kind, starts_on,
        ends_on)
    WITH RECURSIVE gives (giver, given) AS (
        SELECT id, id FROM certificates_role WHERE organisation_id = %(organisation)s
        UNION SELECT giver, to_role_id FROM gives JOIN certificates_role_includes ON from_role_id = given
    ), ended AS (
        SELECT period.grant_id, period.kind, period.starts_on, coalesce(least(period.ends_on, gone.starts_on - 1),
            (SELECT min(starts_on) - 1 FROM certificates_period later WHERE later.grant_id = period.grant_id
            AND later.kind NOT IN ('paused', 'suspended') AND later.number > period.number),
            '9999-12-31') AS ends_on
        FROM certificates_period period LEFT JOIN certificates_period gone
            ON gone.grant_id = period.grant_id AND gone.kind = 'revoked'
    ), days AS (
        SELECT grant_id,
            range_agg(daterange(starts_on, ends_on, '[]')) FILTER (WHERE kind IN ('granted', 'renewed')) AS opened,
            coalesce(range_agg(daterange(starts_on, ends_on, '[]')) FILTER (WHERE kind IN ('paused', 'suspended')),
                '{}') AS stopped
        FROM ended WHERE starts_on <= ends_on GROUP BY grant_id
    )
    SELECT volunteer_id, given, %(organisation)s, territory_id, grant_id, how.kind, lower(span), upper(span) - 1
    FROM days JOIN certificates_grant held ON held.id = grant_id JOIN gives ON giver = held.role_id
    CROSS JOIN LATERAL (VALUES ('active', opened - stopped), ('paused', opened * stopped),
        ('over', datemultirange(daterange(lower(opened), '9999-12-31', '[]')) - opened)) how (kind, days)
    CROSS JOIN LATERAL unnest(how.days) span
    ORDER BY volunteer_id"""
TRAINING = """
    INSERT INTO certificates_span (volunteer_id, role_id, organisation_id, territory_id, kind, starts_on, ends_on)
    SELECT * FROM (
        SELECT plan.id, role.id, %(organisation)s,
            CASE role.reach WHEN 'department' THEN department ELSE municipality END, 'training',
            min(evidence.day) AS begun, coalesce((SELECT min(starts_on) - 1 FROM certificates_span held
            WHERE held.volunteer_id = plan.id AND held.role_id = role.id AND held.kind <> 'over'),
            '9999-12-31') AS ended
        FROM plan JOIN certificates_evidence evidence ON evidence.volunteer_id = plan.id
        JOIN certificates_requirement asked ON asked.kind = evidence.kind AND asked.path = 'first'
        JOIN certificates_role role ON role.id = asked.role_id
        GROUP BY plan.id, role.id, department, municipality
    ) started WHERE begun <= ended"""


def figures(_school: Any) -> Iterator[Figure]:
    """Run this module on a PostgreSQL school of its own."""
    yield from clustered.figures_of("bench.registering")


def measure() -> Iterator[Figure]:
    """Fill the register, see that it is true, and ask it as a coordinator of the whole organisation does."""
    organisation, coordinator = open_network()
    fill(organisation, coordinator)
    hold_to_the_facts(organisation)
    client = signed_in(coordinator)
    yield Figure("register.question_p95_ms", round(p95(answering_times(client, organisation)), 1), "ms", "<= 100")
    assert 0 < hits(coordinator, FEW) < 50
    assert hits(coordinator, MANY) > 10_000
    few, many = queries(client, address(organisation, **FEW)), queries(client, address(organisation, **MANY))
    yield Figure("register.queries", many, "queries", None, few)
    yield Figure("register.queries_grow_by", many - few, "queries", "= 0")
    yield Figure("register.map_ms", round(map_time(client, organisation), 1), "ms", "<= 300")
    yield Figure("register.people_rebuilt_per_s", round(rebuilt_per_second(organisation)), "people/s")


def open_network() -> tuple[Any, Any]:
    """Return an organisation with the shipped roles and the country's places, and a coordinator's user."""
    from allauth.mfa.totp.internal import auth as totp
    from django.utils import timezone

    from certificates.shipped_roles import ship_roles
    from people.models import Identity, Organisation, Responsibility, User, Volunteer
    from people.public import load_guatemala

    organisation = Organisation.objects.filter(is_default=True).first()
    organisation = organisation or Organisation.objects.create(name="Medida", slug="medida", is_default=True)
    load_guatemala()
    ship_roles(organisation)
    person = Volunteer.objects.create(organisation=organisation)
    Identity.objects.create(volunteer=person, safe_name="Coordinadora")
    Responsibility.objects.create(
        volunteer=person, kind="coordinator", organisation=organisation, starts_on=timezone.localdate()
    )
    user = User.objects.create_user("coordinadora", password=None, volunteer=person)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    return organisation, user


def fill(organisation: Any, coordinator: Any) -> None:
    """Write people, grants, periods, evidence and spans, a statement each; every name is one ciphertext."""
    from django.db import connection

    from certificates.spanning import today
    from people.models import Identity

    values = {
        "organisation": organisation.pk,
        "people": PEOPLE,
        "today": today(),
        "author": coordinator.volunteer_id,
        "name": Identity._meta.get_field("safe_name").get_prep_value("María Caal"),
        "spoken": list(SPOKEN),
        "rare": RARE,
    }
    with connection.cursor() as cursor:
        for statement in (MEMBERS, NAMES, PLAN, GRANTS, SECOND_PLACES, PERIODS, EVIDENCE, "ANALYZE", HELD, TRAINING):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


def hold_to_the_facts(organisation: Any) -> None:
    """See on a sample that the spans are those that the school itself writes from the same facts."""
    from certificates.models import Span
    from certificates.spanning import rebuild
    from people.models import Volunteer

    keys = list(Volunteer.objects.filter(organisation=organisation).values_list("pk", flat=True))
    people = Volunteer.objects.filter(pk__in=random.Random(4).sample(keys, SAMPLE))
    columns = ("volunteer", "role", "organisation", "territory", "grant", "kind", "starts_on", "ends_on")
    spans = Span.objects.filter(volunteer__in=[person.pk for person in people]).values_list(*columns)
    filled = sorted(spans, key=str)
    rebuild(people)
    assert filled == sorted(spans.all(), key=str)
    assert {kind for *_others, kind, _start, _end in filled} == set(Span.Kind.values)


def signed_in(user: Any) -> Any:
    """Return a browser in which a member of staff is signed in."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


def address(organisation: Any, page: str = "", *, role: str, days: int = 0, **asked: str) -> str:
    """Return the address of a question about a role, so many days from today."""
    from certificates.models import Role
    from certificates.spanning import today

    key = Role.objects.get(organisation=organisation, slug=role).uuid
    query = {"role": str(key), "day": (today() + timedelta(days=days)).isoformat(), **asked}
    return f"/es/register/{page}?{urlencode({name: text for name, text in query.items() if text})}"


def questions(organisation: Any) -> Iterator[str]:
    """Yield ninety questions: each status; municipality, department, country; back, today, ahead; in a language."""
    from certificates.register.asking import STATUSES

    roles = itertools.cycle(ROLES)
    for asked in itertools.product(STATUSES, PLACES.values(), DAYS.values(), ("", "kek")):
        status, place, days, language = asked
        yield address(organisation, role=next(roles), status=status, place=place, days=days, language=language)


def answering_times(client: Any, organisation: Any) -> list[float]:
    """Return the milliseconds of each question's page, asked a second time."""
    asked = list(questions(organisation))
    for question in asked:
        taken(client, question)
    return [taken(client, question) for question in asked]


def taken(client: Any, page: str) -> float:
    """Return how many milliseconds a page takes."""
    began = time.perf_counter()
    response = client.get(page)
    milliseconds = 1000 * (time.perf_counter() - began)
    assert response.status_code == 200, response
    return milliseconds


def p95(times: list[float]) -> float:
    """Return the time that one in twenty takes longer than."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def hits(user: Any, asked: dict[str, str]) -> int:
    """Return how many people a question of today finds."""
    from certificates.models import Role
    from certificates.register.asking import Question, counts, scope_of, today

    role = Role.objects.get(slug=asked["role"])
    question = Question(role, today(), None, asked["status"], asked["language"])
    return counts(question, scope_of(user))[question.status]


def queries(client: Any, page: str) -> int:
    """Return how many SQL queries a page takes."""
    with counted_queries() as counted:
        taken(client, page)
    return len(counted)


def map_time(client: Any, organisation: Any) -> float:
    """Return the median milliseconds of the map of the whole country, every cache empty."""
    from django.core.cache import cache

    times = []
    for number in range(MAPS):
        cache.clear()
        times.append(taken(client, address(organisation, "map/", role="monitora", days=-number)))
    return statistics.median(times)


def rebuilt_per_second(organisation: Any) -> float:
    """Return how many people's spans are written anew in a second."""
    from certificates.spanning import batches, rebuild
    from people.models import Volunteer

    keys = list(Volunteer.objects.filter(organisation=organisation).values_list("pk", flat=True)[:REBUILT])
    began = time.perf_counter()
    for some in batches(keys):
        rebuild(Volunteer.objects.filter(pk__in=some))
    return REBUILT / (time.perf_counter() - began)


if __name__ == "__main__":
    django.setup()
    for figure in measure():
        print(figure.as_json(), flush=True)
