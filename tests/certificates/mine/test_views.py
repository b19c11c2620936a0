"""Her own pages of her roles, as owner, neighbour, coordinator elsewhere, other organisation and stranger."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from certificates.appealing import appeal, decide_appeal
from certificates.eligibility import is_eligible
from certificates.granting import decline, leave, suspend
from certificates.models import Appeal, Period
from certificates.proposing import raise_waiting
from certificates.reminding import remind


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def kinds(grant):
    return list(grant.periods.values_list("kind", flat=True))


@pytest.fixture
def pages(grant, coordinator):
    """Every address of one's own role, and of a decision about it."""
    period = suspend(grant, coordinator, "Falta aclarar una visita.")
    return [f"/es/me/roles/{grant.uuid}/", f"/es/me/roles/{grant.uuid}/leave/", f"/es/me/appeals/{period.uuid}/"]


def test_only_she_herself_reads_her_role(
    pages,
    learner_client,
    browser_of,
    join_volunteer,
    make_staff,
    staff_client,
    other_organisation,
    place_called,
    client,
):
    others = [
        browser_of(join_volunteer("Marta")),
        staff_client(make_staff("coordinator")),
        staff_client(make_staff("coordinator", territory=place_called("0101"))),
        staff_client(make_staff("coordinator", other_organisation)),
    ]
    for page in pages:
        assert learner_client.get(page).status_code == 200
        assert client.get(page)["Location"] == "/es/sign-in/"
        assert [other.get(page).status_code for other in others] == [404] * 4


def test_nobody_else_pauses_leaves_or_appeals(grant, pages, browser_of, join_volunteer, client):
    neighbour = browser_of(join_volunteer("Marta"))
    before = kinds(grant)
    for deed in ("pause", "take-up", "leave"):
        address = f"/es/me/roles/{grant.uuid}/{deed}/"
        assert neighbour.post(address).status_code == 404
        assert client.post(address)["Location"] == "/es/sign-in/"
    assert neighbour.post(pages[2], {"words": "x"}).status_code == 404

    assert kinds(grant) == before
    assert not Appeal.objects.exists()


def test_her_roles_say_for_which_place_and_until_when(grant, learner_client):
    page = learner_client.get("/es/me/roles/")

    [(card, links)] = page.context["cards"]
    assert (card.held.grant, card.held.state, card.held.until) == (grant, "holds", grant.periods.get().ends_on)
    assert "San Pedro Carchá" in text(page)
    assert f"/es/me/roles/{grant.uuid}/" in text(page)
    assert all(len(link) == 3 for link in links)


def test_who_has_no_role_is_shown_one_big_button(learner_client, course):
    page = text(learner_client.get("/es/me/roles/"))

    assert page.count("button--main") == 1
    assert f'href="/es/me/{course.slug}/"' in page


def test_whom_to_ask_is_said_where_a_step_has_no_page(grant, learner_client, organisation):
    organisation.facilitator_contact = "Doña Elena, 5555 0000"
    organisation.save()

    assert "Doña Elena" in text(learner_client.get("/es/me/roles/"))


def test_a_waiting_proposal_says_for_how_long(proposal, browser_of, ready):
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        waiting = browser_of(ready).get("/es/me/roles/").context["overview"].waiting

    assert {row.days for row in waiting} == {3}


def test_a_proposal_that_rose_says_so(proposal, browser_of, ready, role_called):
    with time_machine.travel(timezone.now() + timedelta(days=role_called("defensora").waiting_days)):
        raise_waiting(timezone.now())
        rows = browser_of(ready).get("/es/me/roles/").context["overview"].waiting

    assert {row.proposal.level for row in rows} == {1}


def test_a_refusal_says_why_and_offers_another_office(proposal, coordinator, learner_client):
    decline(proposal, coordinator, "Hablemos antes.")

    page = text(learner_client.get("/es/me/roles/"))

    assert "Hablemos antes." in page
    assert f"/es/me/appeals/{proposal.uuid}/" in page


def test_a_timeline_names_offices_and_no_person(grant, coordinator, learner_client):
    suspend(grant, coordinator, "Falta aclarar una visita.")

    page = learner_client.get(f"/es/me/roles/{grant.uuid}/")

    assert [row.reason for row in page.context["story"]] == ["Falta aclarar una visita.", ""]
    assert "coordinator de prueba" not in text(page)
    assert str(grant.role.organisation) in text(page)


def test_she_pauses_with_one_tap_and_takes_up_again(grant, learner_client, ready):
    today = timezone.localdate()
    address = f"/es/me/roles/{grant.uuid}/"

    assert learner_client.post(f"{address}pause/")["Location"] == address
    assert not is_eligible(ready, grant.role, grant.territory, today)
    assert "take-up" in text(learner_client.get(address))
    assert learner_client.post(f"{address}take-up/")["Location"] == address

    assert is_eligible(ready, grant.role, grant.territory, today)
    assert kinds(grant) == ["granted", "paused", "resumed"]


def test_a_second_tap_on_pause_is_refused_in_words_and_writes_nothing(grant, learner_client):
    address = f"/es/me/roles/{grant.uuid}/pause/"
    learner_client.post(address)

    again = learner_client.post(address)

    assert again.status_code == 422
    assert again.context["problem"]
    assert learner_client.get(address)["Location"] == f"/es/me/roles/{grant.uuid}/"
    assert kinds(grant) == ["granted", "paused"]


def test_she_cannot_take_up_what_the_coordination_suspended(grant, coordinator, learner_client):
    suspend(grant, coordinator, "x")

    refused = learner_client.post(f"/es/me/roles/{grant.uuid}/take-up/")

    assert refused.status_code == 422
    assert 'action="' not in text(refused)


def test_leaving_asks_once_more_and_keeps_the_certificates(grant, learner_client, ready):
    address = f"/es/me/roles/{grant.uuid}/leave/"
    assert learner_client.get(address).status_code == 200
    assert kinds(grant) == ["granted"]

    assert learner_client.post(address)["Location"] == f"/es/me/roles/{grant.uuid}/"

    assert kinds(grant) == ["granted", "left"]
    assert ready.certificates.get().is_valid()
    assert learner_client.get(address)["Location"] == f"/es/me/roles/{grant.uuid}/"


def test_an_appeal_is_sent_once_and_shows_how_long_it_waits(grant, coordinator, learner_client, browser_of, ready):
    period = suspend(grant, coordinator, "Falta aclarar una visita.")
    address = f"/es/me/appeals/{period.uuid}/"

    assert learner_client.post(address, {"words": "Sí fui a la visita."})["Location"] == address
    assert learner_client.post(address, {"words": "Otra vez."})["Location"] == address

    assert Appeal.objects.get().words == "Sí fui a la visita."
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        page = browser_of(ready).get(address)
    assert "2" in page.context["waited"]
    assert "<textarea" not in text(page)


def test_an_appeal_needs_no_words_and_refuses_too_many(proposal, coordinator, learner_client):
    decline(proposal, coordinator, "Hablemos antes.")
    address = f"/es/me/appeals/{proposal.uuid}/"

    assert learner_client.post(address, {"words": "x" * 501}).status_code == 422
    assert not Appeal.objects.exists()
    learner_client.post(address, {"words": ""})

    assert Appeal.objects.get().words == ""


def test_the_answer_to_an_appeal_is_shown_there_and_as_news(grant, coordinator, make_staff, ready, learner_client):
    period = suspend(grant, coordinator, "Falta aclarar una visita.")
    decide_appeal(appeal(period, ready, "Sí fui."), make_staff("administrator"), upheld=False, answer="Tiene razón.")

    assert "Tiene razón." in text(learner_client.get(f"/es/me/appeals/{period.uuid}/"))
    assert f"/es/me/appeals/{period.uuid}/" in text(learner_client.get("/es/me/"))


def test_what_went_for_her_or_was_her_own_cannot_be_appealed(grant, ready, learner_client):
    leave(grant, ready)

    for period in Period.objects.filter(grant=grant):
        assert learner_client.get(f"/es/me/appeals/{period.uuid}/").status_code == 404


# --- on her path ---------------------------------------------------------------------------------------------------


def panel(client):
    found = re.search(r'<details class="card roles-panel">(.*?)</details>', text(client.get("/es/me/")))
    return found[1] if found else ""


def test_who_has_nothing_sees_no_panel(learner_client):
    assert panel(learner_client) == ""


def test_the_panel_names_no_role_before_a_tap(grant, learner_client):
    summary, folded = panel(learner_client).split("</summary>")

    assert grant.role.name in folded
    assert grant.role.name not in summary
    outside = text(learner_client.get("/es/me/")).replace(folded, "")
    assert grant.role.name not in outside


def test_news_goes_away_after_thirty_days(grant, ready, browser_of):
    assert "/es/me/roles/" in panel(browser_of(ready))
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        cache.clear()
        folded = panel(browser_of(ready))

    assert "Ya tiene este papel" not in folded
    assert "You have this role now" not in folded


def test_her_page_shows_the_newest_reminder_with_the_step_to_renew(make_member, give_role, join_volunteer, browser_of):
    rosa = join_volunteer("Rosa")
    grant = give_role(rosa, "monitora", days=40)
    remind(timezone.localdate())

    page = browser_of(rosa).get("/es/me/roles/")

    [(card, _links)] = page.context["cards"]
    assert (card.reminder.days_before, card.reminder.ends_on) == (60, grant.periods.get().ends_on)
    assert card.renewal is not None


def test_the_truth_holds_her_roles(grant, learner_client):
    assert learner_client.get("/api/me/").json()["roles"] == [
        {"role": str(grant.role.uuid), "until": grant.periods.get().ends_on.isoformat(), "state": "holds"}
    ]


def test_in_qeqchi_the_name_of_a_role_says_in_which_language_it_is(grant, learner_client):
    spanish = text(learner_client.get("/kek/me/roles/"))
    grant.role.name_kek = "Ajtenqʼ"
    grant.role.save()

    own = text(learner_client.get("/kek/me/roles/"))

    assert f'<span lang="es">{grant.role.name_es}</span> <span class="fallback-sign"' in spanish
    assert '<span lang="kek">Ajtenqʼ</span>' in own
