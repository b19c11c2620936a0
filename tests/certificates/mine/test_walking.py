"""The next step: of the nearest roles, by a page where there is one, the place asked last."""

from django.utils import timezone

from certificates.granting import leave, pause
from certificates.mine.overview import overview_of
from certificates.models import ConductCode, Evidence
from certificates.vouching import sign_conduct
from people.models import Volunteer


def overview(person):
    return overview_of(Volunteer.objects.get(pk=person.pk), timezone.localdate(), timezone.now())


def steps(person):
    return [(step.url, [role.slug for role in step.roles]) for step in overview(person).steps]


def conduct_page(organisation):
    return f"/es/me/conduct/{ConductCode.objects.get(organisation=organisation).uuid}/"


def test_who_begins_is_shown_one_step_to_the_nearest_role(volunteer, course):
    assert steps(volunteer) == [(f"/es/me/{course.slug}/", ["informada"])]


def test_after_the_course_the_code_of_conduct_is_next_and_said_once_for_its_roles(
    volunteer, complete_course, organisation
):
    complete_course(volunteer)

    url, roles = steps(volunteer)[0]

    assert url == conduct_page(organisation)
    assert roles[0] == "defensora"


def test_at_most_two_steps_are_shown(volunteer, complete_course):
    complete_course(volunteer)

    assert len(steps(volunteer)) == 2


def test_the_place_is_asked_when_nothing_else_is_missing(volunteer, complete_course, organisation):
    complete_course(volunteer)
    assert "/es/me/place/" not in [url for url, _roles in steps(volunteer)]

    sign_conduct(volunteer, ConductCode.objects.get(organisation=organisation), timezone.localdate())

    assert steps(volunteer)[0] == ("/es/me/place/", ["defensora"])


def test_a_step_without_a_page_says_where_it_is_to_be_had(grant, ready):
    without_page = [step for step in overview(ready).steps if not step.url]

    assert [step.requirement.kind for step in without_page] == ["workshop"]


def test_what_is_proposed_held_or_included_is_no_road_any_more(proposal, ready):
    assert {"defensora", "informada"}.isdisjoint(road.role.slug for road in overview(ready).roads)


def test_a_role_in_pause_is_not_offered_again(grant, ready):
    pause(grant, ready)

    assert "defensora" not in {road.role.slug for road in overview(ready).roads}


def test_a_role_she_left_is_not_pressed_on_her(grant, ready):
    leave(grant, ready)
    Evidence.objects.filter(volunteer=ready, kind="conduct").delete()

    found = overview(ready)

    assert all("defensora" not in {role.slug for role in step.roles} for step in found.steps)


def test_a_role_that_ends_soon_shows_the_step_to_renew_it(make_member, give_role):
    rosa = make_member()
    give_role(rosa, "monitora", days=40)

    [card] = overview(rosa).cards

    assert card.renewal.requirement.kind in {"visit", "practical"}
    assert overview(rosa).pending[0] == card.renewal


def test_a_role_that_lasts_shows_no_step_to_renew_it(make_member, give_role):
    rosa = make_member()
    give_role(rosa, "monitora", days=100)

    assert overview(rosa).cards[0].renewal is None


def test_the_overview_asks_the_same_for_1_and_6_roles(
    make_member, give_role, django_assert_num_queries, django_assert_max_num_queries, role_called
):
    rosa, marta = make_member(), make_member("Marta")
    give_role(rosa)
    for slug in ("informada", "defensora", "monitora", "coordinadora-municipal", "facilitadora"):
        give_role(marta, slug, days=40)
    people = {person.pk: Volunteer.objects.select_related("organisation").get(pk=person.pk) for person in (rosa, marta)}
    with django_assert_max_num_queries(16) as first:
        overview_of(people[rosa.pk], timezone.localdate(), timezone.now())

    with django_assert_num_queries(len(first)):
        overview_of(people[marta.pk], timezone.localdate(), timezone.now())
