"""Practicals: who may observe whom, what two observers and a third come to, and what a correction changes."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from assessments.models import Observation, Practical, PracticalResult
from assessments.observing import (
    ObservationRefused,
    Seen,
    content_of_practical,
    correct,
    find_practical,
    observe,
    practical_state,
)
from assessments.signals import practical_graded
from cms.models import AuditEntry
from people.joining import erase
from people.models import Responsibility, Territory


def criterion(text, points=1, essential=False):
    value = {"text": text, "help": "", "points": points, "essential": essential}
    return {"type": "criterion", "id": str(uuid.uuid4()), "value": value}


@pytest.fixture
def make_practical(organisation):
    """Return a function that makes a practical: greet (essential), ask (1 point), write down (3 points)."""
    definition = Practical._meta.get_field("rubric").stream_block

    def make(**rules):
        rubric = [criterion("Saluda", essential=True), criterion("Pregunta"), criterion("Anota", points=3)]
        return Practical.objects.create(
            organisation=rules.pop("organisation", organisation),
            locale=Locale.objects.get(language_code="es"),
            title="Visita de práctica",
            slug="visita",
            rubric=definition.to_python(rubric),
            **rules,
        )

    return make


@pytest.fixture
def practical(make_practical):
    return make_practical()


@pytest.fixture
def of_two(make_practical):
    return make_practical(observers=2)


@pytest.fixture
def make_observer(make_staff):
    """Return a function that makes a person who observes."""
    return lambda kind="facilitator", **place: make_staff(kind, **place).volunteer


@pytest.fixture
def observer(make_observer):
    return make_observer()


def seen(practical, *points, **more):
    """Return what is seen: all points without any given."""
    rubric = content_of_practical(practical)["rubric"]
    given = points or [line["points"] for line in rubric]
    scores = {line["id"]: number for line, number in zip(rubric, given, strict=True)}
    return Seen(**{"scores": scores, "day": timezone.localdate(), "is_no_relative": True, **more})


@pytest.fixture
def watch(volunteer):
    """Return a function that keeps an observation of the learner by somebody."""

    def keep(practical, observer, *points, **more):
        return observe(practical, volunteer, seen(practical, *points, **more), observer=observer, recorded_by=observer)

    return keep


@pytest.fixture
def announced():
    """The outcomes announced, in their order."""
    found = []

    def note(result, **_kwargs):
        found.append(result.passed)

    practical_graded.connect(note)
    yield found
    practical_graded.disconnect(note)


def results(practical):
    found = PracticalResult.objects.filter(practical_key=practical.translation_key)
    return list(found.values_list("passed", flat=True))


# --- one observer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "passed"),
    [
        ((1, 1, 3), True),
        ((1, 0, 3), True),
        ((1, 0, 2), False),
        ((0, 1, 3), False),
        ((1, 1, 2), True),
        ((0, 0, 0), False),
    ],
)
def test_one_observer_passes_with_the_mark_and_every_essential_line(
    practical, watch, observer, volunteer, points, passed
):
    observation = watch(practical, observer, *points)

    assert (observation.passed, observation.points, observation.most_points) == (passed, sum(points), 5)
    assert practical_state(volunteer, practical.translation_key).name == ("passed" if passed else "again")
    assert results(practical) == [passed]


def test_an_outcome_is_announced_once(practical, watch, observer, make_observer, announced):
    watch(practical, observer)
    assert announced == [True]

    watch(practical, make_observer("trainer"), day=timezone.localdate() - timedelta(days=1))

    assert announced == [True]


def test_after_not_yet_she_can_be_observed_again(practical, watch, observer, volunteer):
    watch(practical, observer, 0, 0, 0, day=timezone.localdate() - timedelta(days=9))

    watch(practical, observer)

    assert practical_state(volunteer, practical.translation_key).name == "passed"
    assert results(practical) == [False, True]


def test_the_rules_stay_those_of_the_day(practical, watch, observer, volunteer):
    first = watch(practical, observer)
    Practical.objects.update(pass_mark=100, title="Otra")

    first.refresh_from_db()
    assert (first.content["pass_mark"], first.content["title"]) == (70, "Visita de práctica")
    assert first.passed


# --- two observers and a third -------------------------------------------------------------------------------------


def test_two_who_agree_decide(of_two, watch, make_observer, volunteer, announced):
    watch(of_two, make_observer())
    state = practical_state(volunteer, of_two.translation_key)
    assert (state.name, state.passed, results(of_two)) == ("second", None, [])

    watch(of_two, make_observer("trainer"))

    assert practical_state(volunteer, of_two.translation_key).name == "passed"
    assert (results(of_two), announced) == ([True], [True])


@pytest.mark.parametrize("third_passes", [True, False])
def test_where_two_differ_a_third_decides(of_two, watch, make_observer, volunteer, third_passes):
    watch(of_two, make_observer())
    watch(of_two, make_observer(), 0, 1, 3)
    assert practical_state(volunteer, of_two.translation_key).name == "third"
    assert results(of_two) == []

    watch(of_two, make_observer(), int(third_passes), 1, 3)

    state = practical_state(volunteer, of_two.translation_key)
    assert (state.passed, len(state.counted)) == (third_passes, 3)
    assert results(of_two) == [third_passes]


def test_the_same_person_cannot_be_both_observers(of_two, watch, observer, volunteer):
    watch(of_two, observer, day=timezone.localdate() - timedelta(days=1))

    watch(of_two, observer)

    assert practical_state(volunteer, of_two.translation_key).name == "second"
    assert results(of_two) == []


def test_a_new_round_after_not_yet_waits_for_its_second_observer(of_two, watch, make_observer, volunteer):
    first, second = make_observer(), make_observer()
    before = timezone.localdate() - timedelta(days=30)
    watch(of_two, first, 0, 0, 0, day=before)
    watch(of_two, second, 0, 0, 0, day=before)

    watch(of_two, first)
    assert practical_state(volunteer, of_two.translation_key).name == "second"

    watch(of_two, second)
    assert practical_state(volunteer, of_two.translation_key).name == "passed"
    assert results(of_two) == [False, True]


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["facilitator", "trainer", "administrator"])
def test_who_may_observe(practical, watch, make_observer, kind):
    assert watch(practical, make_observer(kind)).passed


@pytest.mark.parametrize("kind", ["partner", "translator", "reviewer"])
def test_others_may_not_observe(practical, watch, make_observer, kind):
    with pytest.raises(ObservationRefused):
        watch(practical, make_observer(kind))
    assert not Observation.objects.exists()


def test_another_organisation_or_territory_may_not_observe(
    practical, watch, make_observer, other_organisation, volunteer
):
    volunteer.territory = Territory.objects.get(code="1609")
    volunteer.save()
    elsewhere = Territory.objects.get(code="0101")

    with pytest.raises(ObservationRefused):
        watch(practical, make_observer(organisation=other_organisation))
    with pytest.raises(ObservationRefused):
        watch(practical, make_observer(territory=elsewhere))
    assert watch(practical, make_observer(territory=volunteer.territory))


def test_nobody_observes_herself(practical, make_observer):
    herself = make_observer()

    with pytest.raises(ObservationRefused):
        observe(practical, herself, seen(practical), observer=herself, recorded_by=herself)


def test_the_database_too_refuses_who_observes_herself(practical, watch, observer, volunteer):
    observation = watch(practical, observer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=observation.pk).update(observer=volunteer)


def test_who_coordinates_does_not_observe_and_reads_who_can(practical, watch, make_observer):
    with pytest.raises(ObservationRefused, match=r"facilita|forma|facilitator"):
        watch(practical, make_observer("coordinator"))


def test_who_coordinates_may_observe_where_the_rule_says_so(make_practical, watch, make_observer):
    assert watch(make_practical(no_granter=False), make_observer("coordinator"))


def test_who_facilitates_and_coordinates_does_not_observe(practical, watch, observer, organisation):
    Responsibility.objects.create(
        volunteer=observer, kind="coordinator", organisation=organisation, starts_on=timezone.localdate()
    )

    with pytest.raises(ObservationRefused):
        watch(practical, observer)


def test_a_relative_does_not_observe(practical, make_practical, watch, observer):
    with pytest.raises(ObservationRefused):
        watch(practical, observer, is_no_relative=False)
    assert watch(make_practical(no_relatives=False), observer, is_no_relative=False)


def test_twice_on_one_day_is_refused_and_shows_the_first(practical, watch, observer):
    first = watch(practical, observer)

    with pytest.raises(ObservationRefused) as refusal:
        watch(practical, observer, 0, 0, 0)

    assert refusal.value.first == first
    assert Observation.objects.count() == 1


def test_from_paper_the_observer_and_who_types_are_both_kept(practical, volunteer, make_observer):
    observer, typist = make_observer("trainer"), make_observer("coordinator")

    kept = observe(practical, volunteer, seen(practical, on_paper=True), observer=observer, recorded_by=typist)

    assert (kept.source, kept.observer, kept.recorded_by) == ("paper", observer, typist)


def test_who_types_must_be_allowed_too(practical, volunteer, make_observer, other_organisation):
    stranger = make_observer(organisation=other_organisation)

    with pytest.raises(ObservationRefused):
        observe(practical, volunteer, seen(practical), observer=make_observer(), recorded_by=stranger)


# --- corrections ---------------------------------------------------------------------------------------------------


def test_a_correction_replaces_and_keeps_the_old_one(practical, watch, observer, make_observer, volunteer, announced):
    first = watch(practical, observer, 0, 0, 0)
    coordinator = make_observer("coordinator")

    corrected = correct(first, seen(practical), by=coordinator, reason="Marqué la hoja de otra persona")

    first.refresh_from_db()
    assert (corrected.replaces, corrected.observer, corrected.recorded_by) == (first, observer, coordinator)
    assert (first.passed, first.replaced_by, corrected.reason) == (False, corrected, "Marqué la hoja de otra persona")
    assert practical_state(volunteer, practical.translation_key).name == "passed"
    assert (results(practical), announced) == ([False, True], [False, True])
    actions = AuditEntry.objects.filter(action__startswith="observation_").values_list("action", flat=True)
    assert list(actions) == ["observation_corrected"]


def test_one_observation_is_corrected_once(practical, watch, observer):
    first = watch(practical, observer)
    correct(first, seen(practical, 1, 1, 2), by=observer, reason="x")

    with pytest.raises(ObservationRefused):
        correct(first, seen(practical, 1, 0, 3), by=observer, reason="y")


def test_a_correction_is_for_the_organisation_only(practical, watch, observer, make_observer, other_organisation):
    first = watch(practical, observer)

    with pytest.raises(ObservationRefused):
        correct(first, seen(practical), by=make_observer(organisation=other_organisation), reason="x")


def test_a_correction_that_undoes_an_agreement_takes_the_outcome_back(
    of_two, watch, make_observer, volunteer, announced
):
    first = watch(of_two, make_observer())
    watch(of_two, make_observer())

    correct(first, seen(of_two, 0, 1, 3), by=first.observer, reason="No saludó")

    assert practical_state(volunteer, of_two.translation_key).name == "third"
    assert (results(of_two), announced) == ([True, False], [True, False])


def test_a_correction_keeps_its_place_in_the_round(of_two, watch, make_observer, volunteer):
    first = watch(of_two, make_observer())
    watch(of_two, make_observer(), 0, 0, 0)
    watch(of_two, make_observer())

    correct(first, seen(of_two, 0, 0, 0), by=first.observer, reason="x")

    state = practical_state(volunteer, of_two.translation_key)
    assert (state.passed, state.waits_for) == (False, "second")


def test_an_erased_person_leaves_no_words(practical, watch, observer, volunteer):
    watch(practical, observer, comment="Hable más despacio", place="La casa de doña Marta")

    erase(volunteer)

    kept = Observation.objects.get()
    assert (kept.comment, kept.place, kept.points) == ("", "", 5)


def test_the_comment_is_encrypted_in_the_database(practical, watch, observer):
    from django.db import connection

    watch(practical, observer, comment="Hable más despacio")

    with connection.cursor() as cursor:
        cursor.execute("SELECT comment FROM assessments_observation")
        assert "despacio" not in cursor.fetchone()[0]


def test_a_state_costs_one_query_however_often_she_was_observed(
    practical, watch, make_observer, volunteer, django_assert_num_queries
):
    for number in range(5):
        watch(practical, make_observer(), day=timezone.localdate() - timedelta(days=number))

    with django_assert_num_queries(1):
        practical_state(volunteer, practical.translation_key)


# --- in the reader's language --------------------------------------------------------------------------------------


def test_words_are_the_readers_where_translated(practical):
    kek = Locale.objects.get(language_code="kek")
    raw = [dict(block) for block in practical.rubric.raw_data]
    raw[0] = {**raw[0], "value": {**raw[0]["value"], "text": "texto traducido"}}
    Practical.objects.create(
        organisation=practical.organisation,
        locale=kek,
        translation_key=practical.translation_key,
        title="título traducido",
        slug="visita",
        rubric=Practical._meta.get_field("rubric").stream_block.to_python(raw),
    )

    found, content = find_practical(practical.translation_key, "kek")

    assert (found, content["language"], content["title"]) == (practical, "kek", "título traducido")
    lines = [(line["text"], line["language"]) for line in content["rubric"]]
    assert lines == [("texto traducido", "kek"), ("Pregunta", "es"), ("Anota", "es")]
    assert find_practical(practical.translation_key, "mam")[1]["language"] == "es"


# --- the desk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(make_staff, staff_client):
    return staff_client(make_staff("facilitator"))


def address(practical, volunteer):
    return f"/es/facilitate/practicals/{practical.translation_key}/{volunteer.uuid}/"


def typed(practical, *points, **more):
    scores = seen(practical, *points).scores
    fields = {f"line-{line}": str(number) for line, number in scores.items()}
    return {**fields, "day": timezone.localdate().isoformat(), "is_no_relative": "on", **more}


def test_the_desk_offers_practicals_and_leads_by_code_to_the_checklist(desk, practical, volunteer):
    assert "/es/facilitate/practicals/" in desk.get("/es/facilitate/").content.decode()
    choose = desk.get("/es/facilitate/practicals/").content.decode()
    assert f"/es/facilitate/practicals/{practical.translation_key}/" in choose

    found = desk.post(f"/es/facilitate/practicals/{practical.translation_key}/", {"person": volunteer.sign_in.code})

    assert found["Location"] == address(practical, volunteer)
    checklist = desk.get(found["Location"]).content.decode()
    assert all(line in checklist for line in ("Saluda", "Pregunta", "Anota"))


def test_a_code_of_somebody_elsewhere_is_as_unknown_as_no_code(
    desk, practical, join_volunteer, other_organisation, volunteer
):
    stranger = join_volunteer("Otra")
    stranger.organisation = other_organisation
    stranger.save()
    page = f"/es/facilitate/practicals/{practical.translation_key}/"

    refused = desk.post(page, {"person": stranger.sign_in.code})
    unknown = desk.post(page, {"person": "00000000"})

    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert refused.context["form"].errors == unknown.context["form"].errors


def test_the_form_keeps_an_observation(desk, practical, volunteer):
    answer = desk.post(
        address(practical, volunteer), typed(practical, 1, 0, 3, municipality="Cobán", place="Puesto", comment="Bien")
    )

    kept = Observation.objects.get()
    assert answer["Location"] == address(practical, volunteer)
    assert (kept.points, kept.place, kept.comment, kept.source) == (4, "Puesto", "Bien", "screen")
    assert (kept.territory.code, kept.is_no_relative) == ("1601", True)


def test_what_was_typed_stays_when_something_is_missing(desk, practical, volunteer):
    fields = typed(practical, comment="Muy bien hecho")
    del fields["is_no_relative"]

    answer = desk.post(address(practical, volunteer), fields)

    assert answer.status_code == 422
    assert "Muy bien hecho" in answer.content.decode()
    assert answer.content.decode().count(" checked") == 3
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"day": (timezone.localdate() + timedelta(days=1)).isoformat()},
        {"day": (timezone.localdate() - timedelta(days=366)).isoformat()},
        {"day": "ayer"},
        {"municipality": "Nowhere at all"},
        {"municipality": "San"},
        {"comment": "x" * 2000},
        {"on_paper": "on", "observer": "nobody-here"},
        {"day": "0000-00-00", "municipality": "\0", "territory": "x"},
    ],
    ids=str,
)
def test_a_wrong_field_is_said_and_nothing_kept(desk, practical, volunteer, change):
    answer = desk.post(address(practical, volunteer), typed(practical, **change))

    assert answer.status_code == 422
    assert not Observation.objects.exists()


def test_points_outside_of_the_checklist_are_refused(desk, practical, volunteer):
    line = content_of_practical(practical)["rubric"][2]["id"]

    assert desk.post(address(practical, volunteer), typed(practical, **{f"line-{line}": "9"})).status_code == 422


def test_where_several_places_have_the_name_she_chooses_one(desk, practical, volunteer):
    asked = desk.post(address(practical, volunteer), typed(practical, municipality="San Juan C"))
    choice = next(code for code, name in asked.context["form"]["territory"].field.choices if "Chamelco" in name)

    desk.post(address(practical, volunteer), typed(practical, municipality="San Juan C", territory=choice))

    assert Observation.objects.get().territory.code == choice


def test_twice_on_one_day_leads_to_the_first(desk, practical, volunteer):
    desk.post(address(practical, volunteer), typed(practical))
    first = Observation.objects.get()

    again = desk.post(address(practical, volunteer), typed(practical, 0, 0, 0))

    assert again.status_code == 422
    assert f"/es/facilitate/observations/{first.pk}/" in again.content.decode()


def test_from_paper_by_the_name_or_code_of_who_observed(desk, practical, volunteer, make_staff, join_volunteer):
    trainer = make_staff("trainer")
    desk.post(address(practical, volunteer), typed(practical, on_paper="on", observer=trainer.username))
    by_code = join_volunteer("Facilitadora")
    Responsibility.objects.create(
        volunteer=by_code, kind="facilitator", organisation=by_code.organisation, starts_on=timezone.localdate()
    )
    desk.post(address(practical, volunteer), typed(practical, on_paper="on", observer=by_code.sign_in.code))

    found = Observation.objects.order_by("recorded_at")
    assert [(row.observer, row.source) for row in found] == [(trainer.volunteer, "paper"), (by_code, "paper")]


def test_an_observer_on_paper_who_may_not_is_refused(desk, practical, volunteer, join_volunteer):
    neighbour = join_volunteer("Vecina")

    answer = desk.post(address(practical, volunteer), typed(practical, on_paper="on", observer=neighbour.sign_in.code))

    assert answer.status_code == 422
    assert not Observation.objects.exists()


def test_a_correction_by_the_form_shows_both(desk, practical, volunteer):
    desk.post(address(practical, volunteer), typed(practical, 0, 0, 0))
    first = Observation.objects.get()
    page = f"/es/facilitate/observations/{first.pk}/"
    assert desk.get(page).content.decode().count(" checked") == 3

    without_reason = desk.post(page, typed(practical))
    done = desk.post(page, typed(practical, reason="Me equivoqué de línea"))

    assert (without_reason.status_code, done.status_code) == (422, 302)
    shown = desk.get(address(practical, volunteer)).content.decode()
    assert "Me equivoqué de línea" in shown
    assert Observation.objects.count() == 2


def test_another_organisations_staff_reach_nothing(
    practical, volunteer, watch, observer, make_staff, staff_client, other_organisation
):
    kept = watch(practical, observer)
    stranger = staff_client(make_staff("facilitator", other_organisation))

    assert stranger.get(address(practical, volunteer)).status_code == 403
    assert stranger.get(f"/es/facilitate/observations/{kept.pk}/").status_code == 403


def test_the_sheet_to_print_has_a_box_for_every_mark(desk, practical):
    sheet = desk.get(f"/es/facilitate/practicals/{practical.translation_key}/paper/").content.decode()

    assert sheet.count("☐") == 1 + 2 + 2 + 4


def test_the_person_page_costs_the_same_with_many_observations(desk, practical, volunteer, watch, make_observer):
    from django.db import connection

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get(address(practical, volunteer))
        return len(queries)

    watch(practical, make_observer())
    count()
    one = count()
    for number in range(1, 12):
        watch(practical, make_observer(), day=timezone.localdate() - timedelta(days=number))

    assert count() == one


# --- the learner ---------------------------------------------------------------------------------------------------


@pytest.fixture
def course_with_practical(course, practical):
    course.practical = practical
    course.save()
    return course


def test_her_path_shows_the_practical_and_does_not_count_it(
    learner_client, course_with_practical, practical, watch, observer, volunteer
):
    before = learner_client.get("/es/me/curso-basico/")
    assert f"/es/me/practical/{practical.translation_key}/" in before.content.decode()
    assert practical.translation_key not in {step.key for step in before.context["path"].steps}
    assert before.context["path"].practical.state == "open"

    watch(practical, observer)

    assert learner_client.get("/es/me/curso-basico/").context["path"].practical.state == "done"


def test_the_certificate_does_not_ask_for_the_practical(course_with_practical, complete_course, volunteer):
    assert complete_course(volunteer).is_valid()


def test_she_prepares_with_the_checklist_and_reads_what_they_tell_her(
    learner_client, practical, watch, observer, volunteer
):
    page = f"/es/me/practical/{practical.translation_key}/"
    assert "Saluda" in learner_client.get(page).content.decode()

    first = watch(practical, observer, 0, 1, 3, comment="Salude primero")
    shown = learner_client.get(page).content.decode()
    assert "Salude primero" in shown
    assert "facilitator de prueba" not in shown

    correct(first, seen(practical, comment="Sí saludó"), by=observer, reason="x")
    shown = learner_client.get(page).content.decode()
    assert ("Sí saludó" in shown, "Salude primero" in shown) == (True, False)


def test_a_neighbour_sees_the_checklist_and_nothing_of_her(browser_of, join_volunteer, practical, watch, observer):
    watch(practical, observer, comment="Salude primero")
    neighbour = browser_of(join_volunteer("Marta"))

    shown = neighbour.get(f"/es/me/practical/{practical.translation_key}/").content.decode()

    assert ("Saluda" in shown, "Salude primero" in shown) == (True, False)
