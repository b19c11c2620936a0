"""Many at once: looked at first, asked once, done once."""

import uuid

import pytest

from certificates.deciding import many
from certificates.granting import confirm, decline
from certificates.models import Grant, MonitoringCycle, Period
from cms.models import AuditEntry, Job
from cms.working import run_job

from .conftest import GUATEMALA

PAGE = "/es/register/proposals/many/"


def form_of(proposals, decision="confirm", token=None):
    return {
        "decision": decision,
        "proposal": [str(row.uuid) for row in proposals],
        "reason": "Revisado en la reunión.",
        "token": str(token or uuid.uuid4()),
    }


def test_the_preview_tells_what_will_happen_and_what_cannot_be(propose, office, coordinator, coordinator_of):
    possible, decided = propose("Rosa"), propose("Marta")
    decline(decided, coordinator, "Hablemos.")

    answer = office.get(PAGE, {"decision": "confirm", "proposal": [possible.uuid, decided.uuid]})

    assert [row.proposal for row in answer.context["possible"]] == [possible]
    assert [row.proposal for row in answer.context["impossible"]] == [decided]
    assert answer.context["possible"][0].words in answer.content.decode()
    assert not Job.objects.exists()


def test_all_on_the_page_are_taken_with_one_tick(propose, office):
    rows = [propose("A"), propose("B")]

    answer = office.get(PAGE, {"decision": "decline", "all": "on", "on_page": [row.uuid for row in rows]})

    assert len(answer.context["possible"]) == 2


def test_what_is_not_hers_to_decide_is_counted_and_not_named(propose, coordinator_of, staff_client):
    proposal = propose("Rosa Secreta")

    answer = staff_client(coordinator_of(GUATEMALA)).get(PAGE, {"proposal": [proposal.uuid]})

    assert answer.context["others"] == 1
    assert "Rosa Secreta" not in answer.content.decode()


def test_nothing_marked_and_nonsense_are_answered_in_words(office):
    assert office.get(PAGE).status_code == 200
    assert office.get(PAGE, {"proposal": "x"}).status_code == 200
    assert office.post(PAGE, {"proposal": "x"}).status_code == 422


def test_without_a_reason_nothing_is_asked(propose, office):
    sent = {**form_of([propose("A")]), "reason": " "}

    assert office.post(PAGE, sent).status_code == 422
    assert not Job.objects.exists()


def test_the_worker_decides_all_with_one_reason_and_says_what_it_could_not(propose, office, coordinator):
    rows = [propose("A"), propose("B"), propose("C")]
    answer = office.post(PAGE, form_of(rows))
    waiting = office.get(answer["Location"])
    decline(rows[2], coordinator, "Hablemos.")

    run_job(Job.objects.get().pk)
    result = office.get(answer["Location"])

    assert waiting.headers["Refresh"]
    assert "Refresh" not in result.headers
    assert (result.context["done"], result.context["refused_count"]) == (2, 1)
    assert result.context["refused"][0][0] == rows[2]
    assert {row.reason for row in Period.objects.all()} == {"Revisado en la reunión."}


def test_many_are_declined_with_the_reason_they_read(propose, office):
    rows = [propose("A"), propose("B")]
    office.post(PAGE, form_of(rows, "decline"))

    run_job(Job.objects.get().pk)

    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.reason) for row in rows] == [("declined", "Revisado en la reunión.")] * 2
    assert not Grant.objects.exists()


def test_the_same_form_sent_twice_asks_once_and_is_audited_once(propose, office):
    sent = form_of([propose("A")])

    answers = [office.post(PAGE, sent)["Location"] for _click in range(2)]

    assert answers[0] == answers[1]
    assert Job.objects.count() == 1
    assert AuditEntry.objects.filter(action="many_decisions_asked").count() == 1


def test_killed_in_the_middle_and_run_again_nothing_is_done_twice(propose, coordinator, monkeypatch):
    rows = [propose("A"), propose("B"), propose("C")]
    job = many.ask_many(coordinator, "confirm", [row.uuid for row in rows], "Revisado.", uuid.uuid4())
    Job.objects.filter(pk=job.pk).update(state="running")
    job.refresh_from_db()

    def killed(number, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "progress", killed)
    with pytest.raises(KeyboardInterrupt):
        many.decide_many(job)
    assert Period.objects.count() == 1
    Job.objects.filter(pk=job.pk).update(state="waiting")

    ran = run_job(job.pk)

    assert ran.result == {"done": 3, "refused": []}
    assert (Period.objects.count(), Grant.objects.count(), ran.done) == (3, 3, 3)


def test_who_lost_the_responsibility_meanwhile_decides_nothing(propose, coordinator):
    job = many.ask_many(coordinator, "confirm", [propose("A").uuid], "Revisado.", uuid.uuid4())
    coordinator.volunteer.responsibilities.all().delete()

    ran = run_job(job.pk)

    assert ran.result["done"] == 0
    assert not Grant.objects.exists()


def test_without_a_cycle_each_one_says_why_it_cannot_be(propose, office):
    proposal = propose("A")
    MonitoringCycle.objects.all().delete()

    answer = office.get(PAGE, {"decision": "confirm", "proposal": [proposal.uuid]})

    assert [bool(row.problem) for row in answer.context["impossible"]] == [True]


def test_only_who_asked_sees_how_far_it_is(propose, office, make_staff, staff_client, coordinator_of):
    address = office.post(PAGE, form_of([propose("A")]))["Location"]

    assert office.get(address).status_code == 200
    assert staff_client(make_staff("coordinator")).get(address).status_code == 404
    assert staff_client(make_staff("facilitator")).get(address).status_code == 403


def test_one_and_thirty_in_the_preview_take_the_same_queries(propose, office, queries_of):
    rows = [propose(f"P{number}") for number in range(30)]

    one, _answer = queries_of(office, PAGE, {"decision": "confirm", "proposal": [rows[0].uuid]})
    thirty, answer = queries_of(office, PAGE, {"decision": "confirm", "proposal": [row.uuid for row in rows]})

    assert len(answer.context["possible"]) == 30
    assert thirty == one


def test_what_was_confirmed_one_by_one_counts_as_refused_when_the_reason_is_another(propose, coordinator):
    proposal = propose("A")
    job = many.ask_many(coordinator, "confirm", [proposal.uuid], "Revisado.", uuid.uuid4())
    confirm(proposal, coordinator)

    assert len(run_job(job.pk).result["refused"]) == 1
