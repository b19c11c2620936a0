"""Appeals: who decides them, what she reads, what follows."""

import pytest

from certificates.appealing import appeal
from certificates.deciding.caring import appeals_for
from certificates.eligibility import is_eligible
from certificates.granting import decline, suspend
from certificates.spanning import today

from .conftest import GUATEMALA

LIST = "/es/register/appeals/"


@pytest.fixture
def declined(propose, coordinator):
    """A declined proposal, appealed."""
    proposal = propose("Rosa")
    decline(proposal, coordinator, "Falta hablar.")
    proposal.refresh_from_db()
    return appeal(proposal, proposal.volunteer, "Pido que otra persona lo vea.")


@pytest.fixture
def other_office(make_staff, staff_client):
    return staff_client(make_staff("administrator"))


def address(found):
    return f"{LIST}{found.uuid}/"


def test_who_decided_first_does_not_see_the_appeal_and_another_office_does(declined, office, other_office):
    assert len(office.get(LIST).context["rows"]) == 0
    assert office.get(address(declined)).status_code == 403
    assert len(other_office.get(LIST).context["rows"]) == 1


def test_her_words_stand_on_the_page_of_the_appeal_only(declined, other_office):
    listed, page = other_office.get(LIST).content.decode(), other_office.get(address(declined)).content.decode()

    assert "Pido que otra persona lo vea." not in listed
    for words in ("Pido que otra persona lo vea.", "Falta hablar.", "Rosa"):
        assert words in page
    assert "coordinator de prueba" not in page


def test_a_first_decision_that_does_not_stay_is_undone_with_an_answer(declined, other_office):
    proposal = declined.proposal

    answer = other_office.post(address(declined), {"upheld": "no", "answer": "Cumple todo."})

    declined.refresh_from_db()
    assert answer["Location"] == LIST
    assert (declined.upheld, declined.answer) == (False, "Cumple todo.")
    assert is_eligible(proposal.volunteer, proposal.role, proposal.territory, today())


def test_a_first_decision_that_stays_changes_nothing_but_is_answered(declined, other_office):
    other_office.post(address(declined), {"upheld": "yes", "answer": "Hace falta la firma."})

    declined.refresh_from_db()
    assert (declined.upheld, declined.answer) == (True, "Hace falta la firma.")
    assert not declined.volunteer.grants.exists()


@pytest.mark.parametrize("sent", [{}, {"upheld": "no", "answer": " "}, {"answer": "x"}])
def test_an_incomplete_answer_is_asked_again(sent, declined, other_office):
    assert other_office.post(address(declined), sent).status_code == 422
    declined.refresh_from_db()
    assert declined.decided_at is None


def test_two_offices_that_answer_leave_the_first_answer(declined, other_office, make_staff, staff_client):
    other_office.post(address(declined), {"upheld": "yes", "answer": "Primera."})

    second = staff_client(make_staff("administrator")).post(address(declined), {"upheld": "no", "answer": "Segunda."})

    declined.refresh_from_db()
    assert (second.status_code, declined.answer) == (422, "Primera.")
    assert second.context["decided_words"] in second.content.decode()


def test_a_suspension_is_appealed_and_the_role_goes_on(make_member, give_role, coordinator, other_office):
    grant = give_role(make_member("Rosa"))
    made = appeal(suspend(grant, coordinator, "Una visita."), grant.volunteer, "")

    page = other_office.get(address(made))
    other_office.post(address(made), {"upheld": "no", "answer": "Se aclaró."})

    assert "Una visita." in page.content.decode()
    assert list(grant.periods.values_list("kind", flat=True)) == ["granted", "suspended", "resumed"]


def test_others_are_refused(
    declined, coordinator_of, make_staff, other_organisation, staff_client, learner_client, client
):
    for user in (coordinator_of(GUATEMALA), make_staff("administrator", organisation=other_organisation)):
        browser = staff_client(user)
        assert len(browser.get(LIST).context["rows"]) == 0
        assert browser.get(address(declined)).status_code == 403
    assert staff_client(make_staff("facilitator")).get(LIST).status_code == 403
    for browser in (learner_client, client):
        assert browser.get(address(declined))["Location"].startswith("/staff/sign-in/")


def test_nobody_sees_her_own_appeal(declined, make_staff):
    user = make_staff("administrator")
    declined.volunteer = user.volunteer
    declined.save()

    assert list(appeals_for(user)) == []


def test_one_and_thirty_appeals_take_the_same_queries(propose, coordinator, other_office, queries_of):
    def appealed(name):
        proposal = propose(name)
        decline(proposal, coordinator, "No.")
        proposal.refresh_from_db()
        return appeal(proposal, proposal.volunteer, "x")

    appealed("A")
    one, _answer = queries_of(other_office, LIST)
    for number in range(29):
        appealed(f"P{number}")
    thirty, answer = queries_of(other_office, LIST)

    assert len(answer.context["rows"]) == 30
    assert thirty == one
