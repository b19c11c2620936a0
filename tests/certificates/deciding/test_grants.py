"""One grant: its history, what holds now, and the acts with what follows from them."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from certificates.granting import pause, revoke_role
from certificates.models import LookUp

from .conftest import CARCHA, GUATEMALA


@pytest.fixture
def grant(make_member, give_role):
    return give_role(make_member("Rosa"), days=100)


def address(grant, act=""):
    return f"/es/register/grants/{grant.uuid}/" + (f"{act}/" if act else "")


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def acts(answer):
    return [url.rstrip("/").rpartition("/")[2] for url, _icon, _words in answer.context["acts"]]


def test_the_page_tells_what_holds_now_and_what_can_be_done(grant, office):
    answer = office.get(address(grant))

    assert answer.context["position"].until == in_days(100)
    assert acts(answer) == ["extend", "suspend", "revoke"]


def test_each_look_at_a_persons_grant_is_written_down(grant, office, coordinator):
    office.get(address(grant))

    assert LookUp.objects.get().volunteer == grant.volunteer


def test_suspended_resumed_extended_and_ended_from_the_pages(grant, office):
    office.post(address(grant, "suspend"), {"reason": "Falta aclarar una visita."})
    stopped = office.get(address(grant))
    office.post(address(grant, "resume"), {"reason": ""})
    office.post(address(grant, "extend"), {"until": in_days(130).isoformat(), "reason": "El ciclo se alarga."})
    extended = office.get(address(grant))
    office.post(address(grant, "revoke"), {"reason": "Cobró por acompañar."})
    ended = office.get(address(grant))

    assert acts(stopped) == ["resume", "revoke"]
    assert extended.context["position"].until == in_days(130)
    assert (ended.context["position"].kind, acts(ended)) == ("over", [])
    kinds = list(grant.periods.values_list("kind", flat=True))
    assert kinds == ["granted", "suspended", "resumed", "extended", "revoked"]
    for words in ("Falta aclarar una visita.", "El ciclo se alarga.", "Cobró por acompañar."):
        assert words in ended.content.decode()


@pytest.mark.parametrize("act", ["extend", "suspend", "revoke"])
def test_an_act_without_a_reason_is_asked_again(act, grant, office):
    sent = {"until": in_days(130).isoformat(), "reason": ""}

    assert office.post(address(grant, act), sent).status_code == 422
    assert grant.periods.count() == 1


@pytest.mark.parametrize("act", ["extend", "suspend", "revoke"])
def test_the_page_of_an_act_says_what_follows(act, grant, office):
    answer = office.get(address(grant, act))

    assert answer.context["consequence"] in answer.content.decode()


def test_what_is_refused_is_told_in_the_words_of_the_rule(grant, office):
    too_early = office.post(address(grant, "extend"), {"until": in_days(50).isoformat(), "reason": "x"})
    a_slip = office.post(address(grant, "extend"), {"until": "2099-01-01", "reason": "x"})
    not_stopped = office.post(address(grant, "resume"), {})

    assert [answer.status_code for answer in (too_early, a_slip, not_stopped)] == [422] * 3
    assert too_early.context["form"].non_field_errors()[0] in too_early.content.decode()
    assert grant.periods.count() == 1


def test_an_act_that_cannot_be_now_leads_back_to_the_role(grant, office):
    assert office.get(address(grant, "resume"))["Location"] == address(grant)


def test_two_clicks_suspend_once(grant, office):
    answers = [office.post(address(grant, "suspend"), {"reason": "x"}).status_code for _click in range(2)]

    assert answers == [302, 422]
    assert grant.periods.count() == 2


def test_the_office_is_told_and_the_name_is_not(grant, office, coordinator_of):
    author = coordinator_of(CARCHA)
    revoke_role(grant, author, "Cobró.")

    answer = office.get(address(grant))

    assert "San Pedro Carchá" in answer.context["history"][0].office
    assert "coordinator de prueba" not in answer.content.decode()


def test_what_she_did_herself_is_told_so(grant, office):
    pause(grant, grant.volunteer)

    history = office.get(address(grant)).context["history"]

    with translation.override("es"):
        assert history[0].office == gettext("she herself")
    assert history[1].office != history[0].office


def test_only_who_grants_roles_in_her_place_opens_it(
    grant, coordinator_of, make_staff, other_organisation, staff_client, learner_client, client
):
    refused = [
        coordinator_of(GUATEMALA),
        make_staff("coordinator", organisation=other_organisation),
        make_staff("facilitator"),
        make_staff("administrator"),
    ]

    for user in refused:
        browser = staff_client(user)
        assert browser.get(address(grant)).status_code == 403
        assert browser.post(address(grant, "revoke"), {"reason": "x"}).status_code == 403
    for browser in (learner_client, client):
        assert browser.get(address(grant))["Location"].startswith("/staff/sign-in/")
    assert grant.periods.count() == 1


def test_a_coordinator_sees_her_own_role_and_cannot_decide_about_it(coordinator, office, give_role, place_called):
    coordinator.volunteer.territory = place_called(CARCHA)
    coordinator.volunteer.save()
    own = give_role(coordinator.volunteer)

    assert office.get(address(own)).context["acts"] == []
    assert office.post(address(own, "extend"), {"until": in_days(300), "reason": "x"}).status_code == 422
