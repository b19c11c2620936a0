"""The register's answer: who counts, within whose responsibility, in how many queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.granting import pause, suspend
from certificates.models import Alert, LookUp
from certificates.register.asking import Question, certified_by_place, counts, people_in, scope_of
from certificates.register.judging import judge
from certificates.register.looking_up import MOST_PEOPLE_A_DAY, note_people
from certificates.vouching import attest_language
from cms.models import AuditEntry
from courses.completing import enrol


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def ask(role_called, place_called, today):
    def make(place="1609", slug="monitora", **more):
        return Question(role_called(slug), more.pop("day", today), place_called(place) if place else None, **more)

    return make


def names(rows):
    return [row.name for row in rows]


def test_each_person_counts_once_as_the_best_of_how_she_stands(ask, coordinator, make_member, give_role, course):
    rosa, ana, luz = (make_member(name) for name in ("Rosa", "Ana", "Luz"))
    give_role(rosa, days=300)
    give_role(rosa, "coordinadora-departamental", days=10)
    pause(give_role(ana), ana)
    enrol(luz, course.translation_key)

    found = counts(ask(), scope_of(coordinator))

    assert found == {"certified": 1, "ends_soon": 0, "paused": 1, "training": 1, "not_valid": 0}


def test_the_soonest_end_stands_first_and_says_until_when(ask, coordinator, make_member, give_role, today):
    for name, days in (("Rosa", 90), ("Ana", 20), ("Luz", 40)):
        give_role(make_member(name), days=days)

    rows = people_in(ask(), scope_of(coordinator))

    assert names(rows) == ["Ana", "Luz", "Rosa"]
    assert rows[0].until == today + timedelta(days=20)
    assert names(people_in(ask(status="ends_soon"), scope_of(coordinator))) == ["Ana", "Luz"]


@pytest.mark.parametrize(("place", "found"), [("1609", 1), ("16", 1), (None, 1), ("1601", 0), ("0101", 0)])
def test_a_role_for_a_municipality_holds_there_and_is_found_in_its_department(
    ask, coordinator, make_member, give_role, place, found
):
    give_role(make_member())

    assert counts(ask(place), scope_of(coordinator))["certified"] == found


def test_the_day_may_lie_ahead_or_back(ask, coordinator, make_member, give_role, today):
    give_role(make_member(), days=30)
    scope = scope_of(coordinator)

    assert counts(ask(day=today + timedelta(days=30)), scope)["certified"] == 1
    assert counts(ask(day=today + timedelta(days=31)), scope)["not_valid"] == 1
    assert counts(ask(day=today - timedelta(days=1)), scope)["certified"] == 0


def test_language_and_cohort_narrow(ask, coordinator, make_member, give_role, today, organisation):
    from people.models import Cohort, CohortMembership

    rosa, ana = make_member("Rosa"), make_member("Ana")
    for person in (rosa, ana):
        give_role(person)
    attest_language(rosa, "kek", today, recorded_by=coordinator.volunteer, attester="Doña Marta")
    cohort = Cohort.objects.create(organisation=organisation, name="Segunda")
    CohortMembership.objects.create(cohort=cohort, volunteer=ana)

    assert names(people_in(ask(language="kek"), scope_of(coordinator))) == ["Rosa"]
    assert people_in(ask(language="kek"), scope_of(coordinator))[0].languages == ("kek",)
    assert names(people_in(ask(cohort=cohort), scope_of(coordinator))) == ["Ana"]


def test_a_coordinator_sees_her_responsibility_only(
    ask, make_staff, make_member, give_role, place_called, other_organisation
):
    carcha, guatemala = make_member("Rosa"), make_member("Ana", home="0101")
    for person in (carcha, guatemala):
        give_role(person)
    here = scope_of(make_staff("coordinator", territory=place_called("1609")))
    elsewhere = scope_of(make_staff("coordinator", territory=place_called("0101")))
    partner = scope_of(make_staff("coordinator", organisation=other_organisation))

    assert names(people_in(ask(None), here)) == ["Rosa"]
    assert names(people_in(ask(None), elsewhere)) == ["Ana"]
    assert people_in(ask(None), partner) == []
    assert (here.sees(carcha), here.sees(guatemala), partner.sees(carcha)) == (True, False, False)
    assert people_in(ask(None), scope_of(make_staff("facilitator"))) == []


def test_ten_times_as_many_people_take_the_same_queries(
    ask, coordinator, make_member, give_role, django_assert_num_queries
):
    scope = scope_of(coordinator)

    def asked(expected):
        with django_assert_num_queries(expected):
            question = ask()
            counts(question, scope)
            people_in(question, scope)

    give_role(make_member())
    asked(10)
    for _number in range(10):
        give_role(make_member())
    asked(10)


def test_the_map_counts_wide_roles_in_every_municipality_once(organisation, make_member, give_role, role_called, today):
    rosa = make_member()
    give_role(rosa, "monitora")
    give_role(make_member("Ana", home="1601"), "coordinadora-departamental")

    found = certified_by_place(role_called("monitora"), today, [organisation])

    assert (found["1609"], found["1601"], found["0101"], len(found)) == (1, 0, 0, 340)
    assert certified_by_place(role_called("coordinadora-departamental"), today, [organisation])["1609"] == 1


@pytest.mark.parametrize(
    ("deed", "state"),
    [("none", "certified"), ("pause", "paused"), ("suspend", "suspended")],
)
def test_one_person_is_judged_with_the_reason(
    deed, state, coordinator, make_member, give_role, role_called, place_called, today
):
    rosa = make_member()
    grant = give_role(rosa)
    if deed == "pause":
        pause(grant, rosa)
    if deed == "suspend":
        suspend(grant, coordinator, "Falta aclarar una visita.")

    verdict = judge(rosa, role_called("monitora"), place_called("1609"), today)

    assert (verdict.yes, verdict.state) == (state == "certified", state)
    assert ("Falta aclarar una visita." in verdict.words) == (deed == "suspend")


def test_elsewhere_before_and_after_are_told_apart(make_member, give_role, role_called, place_called, today):
    rosa = make_member()
    give_role(rosa, days=30)
    monitor, carcha = role_called("monitora"), place_called("1609")

    assert judge(rosa, monitor, place_called("0101"), today).state == "elsewhere"
    assert judge(rosa, monitor, carcha, today + timedelta(days=31)).state == "over"
    assert judge(rosa, monitor, carcha, today - timedelta(days=1)).state == "before"
    assert judge(rosa, role_called("coordinadora-municipal"), carcha, today).missing


def test_whoever_looks_up_many_is_reported_to_another_coordinator(
    coordinator, make_staff, make_member, organisation, staff_client
):
    people = [make_member(str(number)) for number in range(MOST_PEOPLE_A_DAY + 1)]
    note_people(coordinator, people, organisation, LookUp.What.EXPORT)
    other = make_staff("coordinator")
    alert = Alert.objects.get(about=coordinator.volunteer)

    assert alert.count == MOST_PEOPLE_A_DAY + 1
    assert b"coordinator de prueba" in staff_client(other).get("/es/register/").content
    assert staff_client(coordinator).post(f"/es/register/alerts/{alert.pk}/").status_code == 404
    assert staff_client(other).post(f"/es/register/alerts/{alert.pk}/").status_code == 302
    alert.refresh_from_db()
    assert alert.read_by == other.volunteer


def test_pages_open_for_whom_they_should_and_every_look_is_written_down(
    coordinator, make_staff, make_member, give_role, staff_client, place_called, other_organisation
):
    rosa = make_member()
    give_role(rosa)
    address = f"/es/register/people/{rosa.uuid}/?place=1609"

    assert "Rosa" in staff_client(coordinator).get("/es/register/").content.decode()
    assert "verify-answer--valid" in staff_client(coordinator).get(address).content.decode()
    elsewhere = make_staff("coordinator", territory=place_called("0101"))
    partner = make_staff("coordinator", organisation=other_organisation)
    assert staff_client(elsewhere).get(address).status_code == 404
    assert staff_client(partner).get(address).status_code == 404
    assert staff_client(make_staff("facilitator")).get(address).status_code == 403
    assert LookUp.objects.filter(volunteer=rosa, by=coordinator.volunteer).count() == 1
    assert AuditEntry.objects.filter(action="register_asked").count() == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("place=San+Pedro+Carch%C3%A1", 200),
        ("place=carcha", 200),
        ("place=Alta+Verapaz", 200),
        ("place=La+Libertad", 422),
        ("place=Atlantis", 422),
        ("place=%00", 422),
        ("day=ayer", 422),
        ("role=x", 422),
        ("status=x", 422),
        ("page=99999999", 200),
        ("page=7", 200),
    ],
)
def test_what_is_typed_is_understood_or_told(coordinator, staff_client, query, status):
    assert staff_client(coordinator).get(f"/es/register/?{query}").status_code == status


def test_the_map_page_shows_the_country_and_a_department(coordinator, staff_client, make_member, give_role):
    give_role(make_member())
    browser = staff_client(coordinator)

    assert "San Pedro Carchá" in browser.get("/es/register/map/").content.decode()
    assert browser.get("/es/register/map/?department=16").status_code == 200
    assert browser.get("/es/register/map/?department=99").status_code == 404


def test_a_role_that_holds_everywhere_names_nobody_to_coordinators_of_other_places(
    ask, make_staff, make_member, give_role, course, place_called
):
    rosa, ana = make_member("Rosa"), make_member("Ana")
    give_role(rosa, "informada")
    enrol(ana, course.translation_key)
    elsewhere = scope_of(make_staff("coordinator", territory=place_called("0101")))
    beside = scope_of(make_staff("coordinator", territory=place_called("1601")))
    here = scope_of(make_staff("coordinator", territory=place_called("16")))

    for slug in ("informada", "facilitadora"):
        for scope in (elsewhere, beside):
            assert sum(counts(ask(None, slug), scope).values()) == 0
            assert not scope.sees(rosa)
            assert not scope.sees(ana)
    assert counts(ask(None, "informada"), here)["certified"] == 1
    assert counts(ask(None, "facilitadora"), here)["training"] == 1
