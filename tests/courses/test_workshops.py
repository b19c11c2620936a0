"""Workshops: who was there is written once, counts when it is closed, and is corrected with a reason."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cms.models import AuditEntry
from courses.holding import (
    Plan,
    WorkshopRefused,
    close,
    correct,
    forget,
    mark_there,
    open_workshop,
    pieces_of,
    take_off,
    write_down,
)
from courses.models import Attendance, Workshop, WorkshopTopic
from courses.signals import attendance_corrected, workshop_closed
from people.joining import erase, print_cards
from people.models import Cohort, CohortMembership, Territory


@pytest.fixture(autouse=True)
def _words_as_the_source_has_them():
    """Refusals are told apart by their words; the catalogue's own tests look after the Spanish."""
    with translation.override("en"):
        yield


@pytest.fixture
def topic(organisation):
    return WorkshopTopic.objects.create(organisation=organisation, name_es="Taller de prueba")


@pytest.fixture
def facilitator(make_staff):
    return make_staff("facilitator")


@pytest.fixture
def plan(topic, facilitator):
    """Return a function that tells of a workshop held today."""

    def make(**told):
        usual = {
            "uuid": uuid.uuid4(),
            "topic": topic,
            "day": timezone.localdate(),
            "facilitator": facilitator.volunteer,
            "language": "es",
            "hours": 4,
        }
        return Plan(**{**usual, **told})

    return make


@pytest.fixture
def coordinator(make_staff):
    """Who writes the list: nobody on it facilitated."""
    return make_staff("coordinator")


@pytest.fixture
def workshop(plan, facilitator):
    return open_workshop(plan(), facilitator)


@pytest.fixture
def closed(workshop, volunteer, facilitator):
    """A closed workshop at which the volunteer was."""
    mark_there(workshop, [volunteer], facilitator)
    return close(workshop, facilitator, expected=1)


@pytest.fixture
def announced():
    """What workshops announce while the test runs."""
    heard = []

    def on_closed(workshop, volunteers, **_kwargs):
        heard.append(("closed", workshop.pk, [person.pk for person in volunteers]))

    def on_corrected(workshop, volunteer, was_there, **_kwargs):
        heard.append(("corrected", workshop.pk, volunteer.pk, was_there))

    workshop_closed.connect(on_closed)
    attendance_corrected.connect(on_corrected)
    yield heard
    workshop_closed.disconnect(on_closed)
    attendance_corrected.disconnect(on_corrected)


def list_of(workshop):
    """Return the people who stand on a workshop's list."""
    rows = Attendance.objects.standing().filter(workshop=workshop).order_by("volunteer")
    return list(rows.values_list("volunteer", flat=True))


def code_of(person):
    return person.sign_in.code


def spaced(code):
    return f"{code[:4]} {code[4:]}"


def outcome(answers):
    """Return, for each piece typed, whether it was taken, was there before, or what the problem begins with."""
    return [answer.problem[:23] or ("taken" if answer.is_new else "already") for answer in answers]


def form_of(topic, **changed):
    """Return what is posted to write a workshop down."""
    told = {
        "uuid": str(uuid.uuid4()),
        "topic": topic.pk,
        "day": timezone.localdate().isoformat(),
        "hours": "4",
        "language": "es",
    }
    return {**told, **changed}


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("12345678\n23456789", ["12345678", "23456789"]),
        ("12345678 23456789", ["12345678", "23456789"]),
        ("1234 5678 2345 6789", ["1234 5678", "2345 6789"]),
        ("1234 5678, 2345-6789; 34567890", ["1234 5678", "2345-6789", "34567890"]),
        ("1234567 23456789", ["1234567", "23456789"]),
        ("1234 567 2345 6789", ["1234 567", "2345 6789"]),
        ("1234 5678 María López\nJuana", ["1234 5678", "María López", "Juana"]),
        (" \n,, ;\r\n", []),
    ],
)
def test_a_typed_box_falls_into_codes_and_nothing_of_it_is_lost(typed, pieces):
    assert pieces_of(typed) == pieces


def test_each_piece_typed_is_answered(
    workshop, facilitator, coordinator, join_volunteer, organisation, other_organisation, make_staff
):
    here, before, elsewhere = join_volunteer("Ana"), join_volunteer("Berta"), join_volunteer("Carmen")
    elsewhere.organisation = other_organisation
    elsewhere.save()
    mark_there(workshop, [before], facilitator)
    card = print_cards(facilitator, organisation, 1)[0]
    wrong = code_of(here)[:-1] + str((int(code_of(here)[-1]) + 1) % 10)
    typed = [code_of(here), spaced(code_of(before)), wrong, "1234", card.code, code_of(elsewhere), code_of(here)]

    answers = write_down(workshop, "\n".join(typed), facilitator)

    assert [answer.typed for answer in answers] == typed
    assert outcome(answers) == [
        "taken",
        "already",
        "One of the eight number"[:23],
        "This is not a code: a c"[:23],
        "Nobody has used this ca"[:23],
        "Nobody in your care has"[:23],
        "already",
    ]
    assert list_of(workshop) == sorted([here.pk, before.pk])


def test_who_belongs_elsewhere_is_not_told_apart_from_a_code_nobody_has(
    workshop, facilitator, join_volunteer, other_organisation
):
    elsewhere, gone = join_volunteer("Carmen"), join_volunteer("Dominga")
    elsewhere.organisation = other_organisation
    elsewhere.save()
    code_of_gone = code_of(gone)
    erase(gone)

    answers = write_down(workshop, f"{code_of(elsewhere)}\n{code_of_gone}", facilitator)

    assert answers[0].problem == answers[1].problem != ""
    assert {answer.person for answer in answers} == {None}


def test_a_facilitator_of_a_territory_writes_down_people_of_it_and_of_none(workshop, make_staff, join_volunteer):
    coban, nebaj = Territory.objects.get(code="1601"), Territory.objects.get(code="1413")
    of_the_place = make_staff("facilitator", territory=Territory.objects.get(code="16"))
    within, without, nowhere = join_volunteer("Ana"), join_volunteer("Berta"), join_volunteer("Carmen")
    for person, place in ((within, coban), (without, nebaj)):
        person.territory = place
        person.save()

    write_down(workshop, " ".join(map(code_of, (within, without, nowhere))), of_the_place)

    assert list_of(workshop) == sorted([within.pk, nowhere.pk])


def test_nobody_writes_herself_down_nor_who_facilitated(plan, facilitator, coordinator, join_volunteer):
    held_by = join_volunteer("Ana")
    workshop = open_workshop(plan(), facilitator)
    Workshop.objects.filter(pk=workshop.pk).update(facilitator=held_by)
    workshop.refresh_from_db()

    answers = write_down(workshop, code_of(held_by), coordinator)
    mark_there(workshop, [coordinator.volunteer, held_by], coordinator)

    assert outcome(answers) == ["Who facilitates or writ"]
    assert list_of(workshop) == []


def test_many_codes_ask_the_database_no_more_than_one(workshop, facilitator, join_volunteer):
    one, *many = [join_volunteer(f"Persona {number}") for number in range(11)]

    with CaptureQueriesContext(transaction.get_connection()) as for_one:
        write_down(workshop, code_of(one), facilitator)
    with CaptureQueriesContext(transaction.get_connection()) as for_many:
        write_down(workshop, "\n".join(map(code_of, many)), facilitator)

    assert len(for_many) == len(for_one)
    assert len(list_of(workshop)) == 11


# --- opening, writing, closing -------------------------------------------------------------------------------------


def test_a_workshop_told_twice_is_one(plan, facilitator):
    told = plan(place="Salón comunal")

    first, second = open_workshop(told, facilitator), open_workshop(told, facilitator)

    assert first == second
    assert Workshop.objects.count() == 1
    assert (first.place, first.organisation) == ("Salón comunal", told.topic.organisation)


def test_the_number_of_anothers_workshop_opens_nothing(plan, facilitator, coordinator):
    told = plan()
    open_workshop(told, facilitator)

    with pytest.raises(WorkshopRefused, match="already kept"):
        open_workshop(told, coordinator)


def test_a_day_to_come_is_refused(plan, facilitator):
    with pytest.raises(WorkshopRefused, match="still to come"):
        open_workshop(plan(day=timezone.localdate() + timedelta(days=1)), facilitator)

    assert Workshop.objects.count() == 0


def test_nobody_opens_a_workshop_of_another_organisation(plan, make_staff, other_organisation):
    with pytest.raises(WorkshopRefused, match="this organisation"):
        open_workshop(plan(), make_staff("coordinator", other_organisation))


def test_who_facilitated_must_answer_for_workshops(plan, facilitator, volunteer):
    with pytest.raises(WorkshopRefused, match="no such responsibility"):
        open_workshop(plan(facilitator=volunteer), facilitator)


def test_two_who_write_the_same_person_down_keep_one_attendance(workshop, volunteer, facilitator, coordinator):
    first = mark_there(workshop, [volunteer], facilitator)
    second = mark_there(workshop, [volunteer], coordinator)

    assert (first, second) == ([volunteer], [])
    assert list_of(workshop) == [volunteer.pk]


def test_the_database_holds_one_standing_attendance(workshop, volunteer, facilitator):
    mark_there(workshop, [volunteer], facilitator)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(workshop=workshop, volunteer=volunteer, recorded_by=facilitator.volunteer)


def test_who_is_taken_off_leaves_a_row_and_can_be_put_on_again(workshop, volunteer, facilitator):
    mark_there(workshop, [volunteer], facilitator)

    take_off(workshop, volunteer, facilitator)
    take_off(workshop, volunteer, facilitator)
    mark_there(workshop, [volunteer], facilitator)

    assert list_of(workshop) == [volunteer.pk]
    assert Attendance.objects.filter(workshop=workshop).count() == 2


def test_closing_announces_who_was_there_once(workshop, volunteer, facilitator, coordinator, announced):
    mark_there(workshop, [volunteer], facilitator)

    close(workshop, facilitator, expected=1)
    close(workshop, coordinator, expected=1)

    assert announced == [("closed", workshop.pk, [volunteer.pk])]
    assert AuditEntry.objects.filter(action="workshop_closed").count() == 1
    workshop.refresh_from_db()
    assert workshop.closed_by == facilitator.volunteer


def test_what_a_listener_refuses_leaves_the_workshop_open(workshop, volunteer, facilitator):
    def fail(**_kwargs):
        raise RuntimeError

    mark_there(workshop, [volunteer], facilitator)
    workshop_closed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            close(workshop, facilitator, expected=1)
    finally:
        workshop_closed.disconnect(fail)

    workshop.refresh_from_db()
    assert not workshop.is_closed


@pytest.mark.parametrize("expected", [0, 2, None])
def test_a_list_that_changed_since_it_was_shown_is_not_closed(workshop, volunteer, facilitator, expected, announced):
    mark_there(workshop, [volunteer], facilitator)

    with pytest.raises(WorkshopRefused, match="changed meanwhile"):
        close(workshop, facilitator, expected=expected)

    assert announced == []


def test_a_workshop_without_people_is_not_closed(workshop, facilitator):
    with pytest.raises(WorkshopRefused, match="Nobody stands"):
        close(workshop, facilitator, expected=0)


def test_a_closed_list_is_not_simply_changed(closed, volunteer, join_volunteer, facilitator):
    with pytest.raises(WorkshopRefused, match="is closed"):
        write_down(closed, code_of(join_volunteer("Ana")), facilitator)
    with pytest.raises(WorkshopRefused, match="is closed"):
        take_off(closed, volunteer, facilitator)

    assert list_of(closed) == [volunteer.pk]


# --- correcting ----------------------------------------------------------------------------------------------------


def test_a_correction_keeps_both_rows_and_announces_that_person(closed, volunteer, facilitator, coordinator, announced):
    correct(closed, volunteer, False, coordinator, "Otra persona con el mismo nombre")
    correct(closed, volunteer, True, facilitator, "Sí estuvo")

    assert announced == [
        ("corrected", closed.pk, volunteer.pk, False),
        ("corrected", closed.pk, volunteer.pk, True),
    ]
    former, now = Attendance.objects.filter(workshop=closed).order_by("pk")
    assert (former.removed_by, former.removed_because) == (coordinator.volunteer, "Otra persona con el mismo nombre")
    assert (now.removed_at, now.recorded_because) == (None, "Sí estuvo")


def test_a_correction_that_changes_nothing_is_refused_and_not_announced(
    closed, volunteer, join_volunteer, facilitator, announced
):
    with pytest.raises(WorkshopRefused, match="already stands"):
        correct(closed, volunteer, True, facilitator, "Estuvo")
    with pytest.raises(WorkshopRefused, match="does not stand"):
        correct(closed, join_volunteer("Ana"), False, facilitator, "No estuvo")

    assert announced == []


def test_a_correction_needs_a_reason_and_care_of_the_person(
    closed, volunteer, facilitator, make_staff, other_organisation
):
    with pytest.raises(WorkshopRefused, match="Write why"):
        correct(closed, volunteer, False, facilitator, "  ")
    with pytest.raises(WorkshopRefused, match="not in your care"):
        correct(closed, volunteer, False, make_staff("coordinator", other_organisation), "No estuvo")

    assert list_of(closed) == [volunteer.pk]


def test_an_open_workshop_is_changed_not_corrected(workshop, volunteer, facilitator):
    with pytest.raises(WorkshopRefused, match="still open"):
        correct(workshop, volunteer, True, facilitator, "Estuvo")


def test_erasing_keeps_the_count_and_forgets_the_words(closed, volunteer, facilitator):
    correct(closed, volunteer, False, facilitator, "Xmucané no estuvo")
    correct(closed, volunteer, True, facilitator, "Xmucané sí estuvo")

    forget(volunteer)

    assert list_of(closed) == [volunteer.pk]
    assert set(Attendance.objects.values_list("recorded_because", "removed_because")) == {("", "")}


# --- screens -------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(facilitator, staff_client):
    return staff_client(facilitator)


def test_a_facilitator_writes_a_workshop_down_and_closes_it_without_script(
    browser, topic, join_volunteer, browser_of, announced
):
    people = [join_volunteer("Ana"), join_volunteer("Berta")]
    codes = "\n".join(map(code_of, people))

    response = browser.post("/es/facilitate/workshops/new/", form_of(topic, place="Salón comunal"))
    workshop = Workshop.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/es/facilitate/workshops/{workshop.uuid}/")
    assert browser.post(response["Location"], {"codes": codes}).status_code == 302
    assert "Ana" in browser.get(response["Location"]).text
    assert "Taller de prueba" not in browser_of(people[0]).get("/es/me/").text
    assert 'name="people" value="2"' in browser.get(f"{response['Location']}close/").text
    assert browser.post(f"{response['Location']}close/", {"people": "2"}).status_code == 302

    assert announced == [("closed", workshop.pk, [person.pk for person in people])]
    assert "Taller de prueba" in browser_of(people[0]).get("/es/me/").text


def test_a_form_sent_twice_opens_one_workshop(browser, topic):
    told = form_of(topic)

    first = browser.post("/es/facilitate/workshops/new/", told)
    second = browser.post("/es/facilitate/workshops/new/", told)

    assert first["Location"] == second["Location"]
    assert Workshop.objects.count() == 1


def test_a_day_long_ago_and_a_second_workshop_of_a_day_are_asked_again(browser, topic, workshop):
    long_ago = (timezone.localdate() - timedelta(days=366)).isoformat()
    for told in (form_of(topic, day=long_ago), form_of(topic)):
        response = browser.post("/es/facilitate/workshops/new/", told)
        assert response.status_code == 422
        assert 'name="sure"' in response.text

        assert browser.post("/es/facilitate/workshops/new/", {**told, "sure": "on"}).status_code == 302

    assert Workshop.objects.count() == 3


def test_a_line_that_is_not_taken_stands_in_the_box_again(browser, workshop, join_volunteer):
    person = join_volunteer("Ana")

    response = browser.post(f"/es/facilitate/workshops/{workshop.uuid}/", {"codes": f"{code_of(person)}\n1234 567"})

    assert response.status_code == 422
    assert response.context["form"]["codes"].value() == "1234 567"
    assert list_of(workshop) == [person.pk]


def test_what_was_typed_is_shown_when_somebody_closed_the_workshop_meanwhile(browser, closed, join_volunteer):
    code = code_of(join_volunteer("Ana"))

    response = browser.post(f"/es/facilitate/workshops/{closed.uuid}/", {"codes": code})

    assert response.status_code == 422
    assert code in response.text


def test_people_of_a_cohort_are_ticked(browser, workshop, organisation, join_volunteer):
    cohort = Cohort.objects.create(organisation=organisation, name="Las Flores")
    there, not_there, no_member = join_volunteer("Ana"), join_volunteer("Berta"), join_volunteer("Carmen")
    for person in (there, not_there):
        CohortMembership.objects.create(cohort=cohort, volunteer=person)
    address = f"/es/facilitate/workshops/{workshop.uuid}/?cohort={cohort.uuid}"

    page = browser.get(address).text
    response = browser.post(address, {"tick": "1", "person": [str(there.uuid), str(no_member.uuid)]})

    assert ("Berta" in page, "Carmen" in page) == (True, False)
    assert (response.status_code, response["Location"]) == (302, address)
    assert list_of(workshop) == [there.pk]


def test_a_trainer_writes_codes_and_sees_no_names(workshop, make_staff, staff_client, join_volunteer):
    trainer, person = staff_client(make_staff("trainer")), join_volunteer("Xmucané")
    address = f"/es/facilitate/workshops/{workshop.uuid}/"

    response = trainer.post(address, {"codes": code_of(person)})
    page = trainer.get(address)

    assert response.status_code == 302
    assert (page.context["count"], page.context["people"], page.context["unseen"]) == (1, [], 1)
    assert "Xmucané" not in page.text


def test_taking_off_and_changing_end_with_the_closing(browser, closed, volunteer, topic):
    address = f"/es/facilitate/workshops/{closed.uuid}/"

    assert browser.post(f"{address}{volunteer.uuid}/take-off/").status_code == 422
    assert browser.post(f"{address}change/", form_of(topic, hours="9")).status_code == 302

    closed.refresh_from_db()
    assert (closed.hours, list_of(closed)) == (4, [volunteer.pk])


def test_an_open_workshop_is_told_anew(browser, workshop, topic):
    address = f"/es/facilitate/workshops/{workshop.uuid}/change/"
    start = browser.get(address).context["form"].initial

    response = browser.post(address, form_of(topic, uuid=str(start["uuid"]), hours="9"))

    workshop.refresh_from_db()
    assert (response.status_code, workshop.hours, start["hours"]) == (302, 9, 4)


def test_a_correction_starts_from_the_name_on_the_list(browser, closed, volunteer, announced):
    address = f"/es/facilitate/workshops/{closed.uuid}/correct/"

    started = browser.get(f"{address}?person={volunteer.uuid}").context["form"].initial
    without_reason = browser.post(address, started)
    response = browser.post(address, {**started, "reason": "Se anotó por error"})

    assert started == {"code": code_of(volunteer), "was_there": "no"}
    assert (without_reason.status_code, response.status_code) == (422, 302)
    assert announced == [("corrected", closed.pk, volunteer.pk, False)]
    assert "Se anotó por error" in browser.get(f"/es/facilitate/workshops/{closed.uuid}/").text


def test_the_list_of_workshops_asks_no_more_for_thirty_than_for_one(browser, plan, facilitator, join_volunteer):
    def asked():
        with CaptureQueriesContext(transaction.get_connection()) as queries:
            assert browser.get("/es/facilitate/workshops/").status_code == 200
        return len(queries)

    open_workshop(plan(), facilitator)
    asked()
    for_one = asked()
    for _number in range(29):
        open_workshop(plan(), facilitator)

    assert asked() == for_one
    assert "?page=2" in browser.get("/es/facilitate/workshops/").text


def test_a_page_of_thirty_people_asks_no_more_than_of_one(browser, workshop, facilitator, join_volunteer):
    def asked():
        with CaptureQueriesContext(transaction.get_connection()) as queries:
            assert browser.get(f"/es/facilitate/workshops/{workshop.uuid}/").status_code == 200
        return len(queries)

    mark_there(workshop, [join_volunteer("Ana")], facilitator)
    asked()
    for_one = asked()
    mark_there(workshop, [join_volunteer(f"Persona {number}") for number in range(9)], facilitator)

    assert asked() == for_one


def test_only_ones_own_workshops_are_listed_first(browser, plan, coordinator, workshop):
    other = open_workshop(plan(facilitator=coordinator.volunteer), coordinator)

    own = list(browser.get("/es/facilitate/workshops/").context["listed"])
    everything = list(browser.get("/es/facilitate/workshops/?all").context["listed"])

    assert own == [workshop]
    assert everything == [other, workshop]


def test_a_workshop_of_another_organisation_is_not_there(workshop, make_staff, staff_client, other_organisation):
    stranger = staff_client(make_staff("coordinator", other_organisation))

    answers = {stranger.get(f"/es/facilitate/workshops/{workshop.uuid}/{page}").status_code for page in ("", "close/")}

    assert answers == {404}


def test_the_sheet_has_blank_lines_and_the_names_of_a_cohort_without_codes(browser, organisation, join_volunteer):
    cohort = Cohort.objects.create(organisation=organisation, name="Las Flores")
    person = join_volunteer("Ana")
    CohortMembership.objects.create(cohort=cohort, volunteer=person)

    blank = browser.get("/es/facilitate/workshops/sheet/")
    named = browser.get(f"/es/facilitate/workshops/sheet/?cohort={cohort.uuid}")

    assert set(blank.context["lines"]) == {""}
    assert named.context["lines"][0] == "Ana"
    assert code_of(person) not in named.text


def test_a_learner_without_workshops_sees_no_panel(learner_client, closed, volunteer, facilitator):
    before = learner_client.get("/es/me/").text
    correct(closed, volunteer, False, facilitator, "No estuvo")

    assert "Taller de prueba" in before
    assert "Taller de prueba" not in learner_client.get("/es/me/").text


def test_the_desk_leads_to_the_workshops(browser):
    assert "/es/facilitate/workshops/" in browser.get("/es/facilitate/").text


def test_topics_are_kept_by_their_organisation(topic, make_staff, staff_client, other_organisation):
    neighbour = staff_client(make_staff("coordinator", other_organisation))
    own = staff_client(make_staff("coordinator"))
    address = f"/admin/snippets/courses/workshoptopic/edit/{topic.pk}/"
    told = {"name_es": "Escucha", "name_kek": "", "organisation": topic.organisation_id, "retired": "on"}

    own.post(address, told)

    topic.refresh_from_db()
    assert (topic.name, topic.retired) == ("Escucha", True)
    assert neighbour.get(address).status_code == 404


def test_a_retired_topic_is_not_offered(browser, topic):
    topic.retired = True
    topic.save()

    assert browser.post("/es/facilitate/workshops/new/", form_of(topic)).status_code == 422
    assert "Taller de prueba" not in browser.get("/es/facilitate/workshops/new/").text
