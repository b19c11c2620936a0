"""What waits for whom, in which order."""

import pytest

from certificates.deciding.caring import proposals_for, waiting_for
from certificates.granting import may_decide
from certificates.models import Proposal

from .conftest import ALTA_VERAPAZ, CARCHA, COBAN, GUATEMALA

PAGE = "/es/register/proposals/"


def test_the_longest_waiting_comes_first_and_the_risen_on_top(propose, coordinator):
    young, risen, old = propose("A", days=1), propose("B", days=20, level=1), propose("C", days=12)

    assert list(waiting_for(coordinator).hers) == [risen, old, young]


def test_the_page_tells_what_is_proposed_for_whom_and_since_when(propose, office):
    propose("Rosa", days=15, level=1)

    page = office.get(PAGE).content.decode()

    for words in ("Rosa", "Defensora o defensor comunitario", "San Pedro Carchá", "Terminar el curso «Básico»"):
        assert words in page


def test_who_stands_nearest_has_it_and_wider_coordinators_see_it_folded(propose, coordinator_of, coordinator):
    municipal, department = coordinator_of(CARCHA), coordinator_of(ALTA_VERAPAZ)
    here, beside = propose("A", home=CARCHA), propose("B", home=COBAN)

    assert list(waiting_for(municipal).hers) == [here]
    assert list(waiting_for(department).hers) == [beside]
    assert list(waiting_for(department).nearer) == [here]
    assert list(waiting_for(coordinator).hers) == []
    assert set(waiting_for(coordinator).nearer) == {here, beside}


def test_what_rose_waits_for_the_wider_coordination_too(propose, coordinator_of, coordinator):
    coordinator_of(CARCHA)
    risen = propose("A", days=15, level=1)

    assert list(waiting_for(coordinator).hers) == [risen]


def test_an_account_that_is_closed_keeps_nothing_in_hand(propose, coordinator_of, coordinator):
    gone = coordinator_of(CARCHA)
    gone.is_active = False
    gone.save()
    proposal = propose("A")

    assert list(waiting_for(coordinator).hers) == [proposal]


def test_what_is_about_a_coordinator_waits_for_the_wider_coordination(
    propose, coordinator_of, coordinator, place_called
):
    municipal = coordinator_of(CARCHA)
    municipal.volunteer.territory = place_called(CARCHA)
    municipal.volunteer.save()
    about_her = propose(person=municipal.volunteer)

    assert list(waiting_for(municipal).hers) == []
    assert list(waiting_for(coordinator).hers) == [about_her]


def test_who_has_said_no_place_waits_for_every_coordinator(propose, coordinator_of):
    proposal = propose("A", slug="informada", home=None)

    assert list(waiting_for(coordinator_of(CARCHA)).hers) == [proposal]
    assert list(waiting_for(coordinator_of(GUATEMALA)).hers) == [proposal]


@pytest.mark.parametrize("level", [0, 1])
def test_the_list_and_the_rule_of_one_proposal_say_the_same(
    level, propose, coordinator_of, coordinator, make_staff, other_organisation
):
    proposals = [propose("A", home=CARCHA, level=level), propose("B", slug="informada", home=None, level=level)]
    staff = [
        coordinator,
        *(coordinator_of(code) for code in (CARCHA, COBAN, ALTA_VERAPAZ, GUATEMALA)),
        make_staff("coordinator", organisation=other_organisation),
        make_staff("facilitator"),
        make_staff("administrator"),
        make_staff("administrator", organisation=other_organisation),
    ]

    for user in staff:
        expected = [row.pk for row in proposals if may_decide(user, row)]
        assert sorted(proposals_for(user).values_list("pk", flat=True)) == expected


def test_an_administrator_sees_what_rose_and_nothing_else(propose, make_staff, staff_client):
    waiting, risen = propose("Rosa"), propose("Marta", days=15, level=1)
    page = staff_client(make_staff("administrator")).get(PAGE).content.decode()

    assert str(risen.uuid) in page
    assert str(waiting.uuid) not in page


def test_a_coordinator_elsewhere_and_another_organisation_see_nothing(
    propose, coordinator_of, make_staff, other_organisation, staff_client
):
    proposal = propose("Rosa", level=1)

    for user in (coordinator_of(GUATEMALA), make_staff("coordinator", organisation=other_organisation)):
        assert str(proposal.uuid) not in staff_client(user).get(PAGE).content.decode()


def test_others_are_refused(propose, make_staff, staff_client, learner_client, client):
    assert staff_client(make_staff("facilitator")).get(PAGE).status_code == 403
    for browser in (learner_client, client):
        assert browser.get(PAGE)["Location"].startswith("/staff/sign-in/")


def test_filters_show_one_role_or_one_kind(propose, office, role_called):
    give, renew = propose("A"), propose("B", slug="monitora", kind="renewal")

    of_role = office.get(PAGE, {"role": role_called("monitora").uuid})
    of_kind = office.get(PAGE, {"kind": "grant"})
    of_nothing = office.get(PAGE, {"role": "x", "kind": "x"})

    assert [row[0] for row in of_role.context["rows"]] == [renew]
    assert [row[0] for row in of_kind.context["rows"]] == [give]
    assert len(of_nothing.context["rows"]) == 2


def test_thirty_one_proposals_stand_on_two_pages(propose, office):
    for number in range(31):
        propose(f"Persona {number}", days=number)

    first, second = office.get(PAGE), office.get(PAGE, {"page": 2})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (30, 1)
    assert first.context["counts"]["all"] == 31
    assert "page=2" in first.content.decode()


def test_one_and_thirty_proposals_take_the_same_queries(propose, coordinator_of, staff_client, queries_of):
    office = staff_client(coordinator_of(ALTA_VERAPAZ))
    coordinator_of(COBAN)
    propose("A")
    one, _answer = queries_of(office, PAGE)
    for number in range(29):
        propose(f"Persona {number}")
    thirty, answer = queries_of(office, PAGE)

    assert len(answer.context["rows"]) == 30
    assert thirty == one


def test_the_desk_counts_what_waits(propose, office, role_called):
    propose("A")
    propose("B")

    page = office.get("/es/facilitate/").content.decode()

    assert PAGE in page
    assert "/es/register/appeals/" in page
    assert "/es/register/ends/" in page
    assert Proposal.objects.open().count() == 2
