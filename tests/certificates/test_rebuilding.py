"""The ledger and the register, written anew from facts."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.models import Practical, PracticalResult
from assessments.observing import Seen, content_of_practical, correct, observe
from certificates.issuing import revoke
from certificates.models import ConductCode, Evidence, Proposal, Role, Span, Visit, VisitPerson
from certificates.rebuilding import rebuild_organisation, rebuild_register
from certificates.vouching import sign_conduct
from courses.holding import Plan, close, mark_there, open_workshop
from courses.models import Attendance, WorkshopTopic
from people.models import Territory


@pytest.fixture
def facts(volunteer, complete_course, organisation, make_staff):
    """A person who finished a course, passed a practical, was at a workshop and went on a visit."""
    today, coordinator = timezone.localdate(), make_staff("coordinator")
    place = Territory.objects.get(code="1609")
    certificate = complete_course(volunteer)
    PracticalResult.objects.create(
        practical_key=uuid.uuid4(), volunteer=volunteer, passed=True, observations=[], day=today, at=timezone.now()
    )
    topic = WorkshopTopic.objects.filter(organisation=organisation).first()
    workshop = open_workshop(Plan(uuid.uuid4(), topic, today, coordinator.volunteer, "es", 4, place), coordinator)
    mark_there(workshop, [volunteer], coordinator)
    close(workshop, coordinator, expected=1)
    visit = Visit.objects.create(
        organisation=organisation,
        day=today,
        territory=place,
        facility_kind="post",
        role=Role.objects.get(organisation=organisation, slug="monitora"),
        people_needed=1,
        state="took_place",
        made_by=coordinator.volunteer,
        made_at=timezone.now(),
    )
    VisitPerson.objects.create(visit=visit, volunteer=volunteer, token="x", went=True)
    return {"certificate": certificate, "workshop": workshop, "coordinator": coordinator}


def ledger_of(person):
    rows = Evidence.objects.filter(volunteer=person).exclude(source="").order_by("source")
    return list(rows.values_list("kind", "subject", "level", "day", "territory", "source", "revoked_on"))


def test_missing_evidence_is_written_and_twice_is_once(volunteer, facts):
    Evidence.objects.all().delete()

    first, second = rebuild_register(), rebuild_register()

    assert {row[0] for row in ledger_of(volunteer)} == {"course", "practical", "workshop", "visit"}
    assert (first.evidence, second.evidence) == (4, 0)


def test_what_is_rebuilt_is_what_was_written_with_the_facts(volunteer, facts):
    rebuild_register()
    before, spans = ledger_of(volunteer), list(Span.objects.values_list("volunteer", "role", "kind", "starts_on"))
    Evidence.objects.all().delete()
    Span.objects.all().delete()

    rebuild_register()

    assert ledger_of(volunteer) == before
    assert sorted(Span.objects.values_list("volunteer", "role", "kind", "starts_on")) == sorted(spans)


def test_a_revoked_certificate_is_rebuilt_as_revoked(volunteer, facts):
    revoke(facts["certificate"], facts["coordinator"], "Se emitió por error.")
    before = ledger_of(volunteer)
    Evidence.objects.filter(kind="course").delete()

    rebuild_register()

    course = next(row for row in ledger_of(volunteer) if row[0] == "course")
    assert course in before
    assert course[-1] == timezone.localdate()


def test_who_was_taken_off_a_workshop_gets_no_evidence_of_it(volunteer, facts):
    Attendance.objects.update(removed_at=timezone.now(), removed_by=facts["coordinator"].volunteer)
    Evidence.objects.all().delete()

    rebuild_register()

    assert "workshop" not in {row[0] for row in ledger_of(volunteer)}


@pytest.fixture
def observed(volunteer, make_staff):
    """A pass in a practical, by one observation; with a function that corrects it to a failure."""
    observer = make_staff("facilitator").volunteer
    practical = Practical.objects.filter(locale__language_code="es").first()
    practical.observers = 1
    practical.save()
    lines = content_of_practical(practical)["rubric"]
    day = timezone.localdate()
    seen = Seen({line["id"]: line["points"] for line in lines}, day, is_no_relative=True)
    kept = observe(practical, volunteer, seen, observer=observer, recorded_by=observer)
    nothing = Seen({line["id"]: 0 for line in lines}, day, is_no_relative=True)
    return kept, lambda: correct(kept, nothing, by=observer, reason="Me equivoqué de persona.")


def test_a_pass_that_a_correction_took_back_is_not_written_anew(volunteer, observed):
    _kept, correct_it = observed
    correct_it()
    assert Evidence.objects.get(volunteer=volunteer, kind="practical").revoked_on == timezone.localdate()
    Evidence.objects.all().delete()

    rebuild_register()

    assert ledger_of(volunteer) == []


def test_a_pass_stays_whatever_is_failed_later(volunteer, observed):
    passed = PracticalResult.objects.get(volunteer=volunteer)
    PracticalResult.objects.create(
        practical_key=passed.practical_key,
        volunteer=volunteer,
        passed=False,
        observations=[],
        day=passed.day,
        at=passed.at + timedelta(hours=1),
    )
    before = ledger_of(volunteer)
    Evidence.objects.all().delete()

    rebuild_register()

    assert ledger_of(volunteer) == before
    assert before[0][0] == "practical"


def test_people_who_were_erased_get_nothing(volunteer, facts):
    Evidence.objects.all().delete()
    volunteer.erased_at = timezone.now()
    volunteer.save()

    assert rebuild_register().evidence == 0


def test_an_organisation_is_proposed_what_follows_from_a_changed_role(volunteer, facts, organisation):
    role = Role.objects.get(organisation=organisation, slug="defensora")
    volunteer.territory = Territory.objects.get(code="1609")
    volunteer.save()
    sign_conduct(volunteer, ConductCode.objects.get(organisation=organisation), timezone.localdate())
    Proposal.objects.all().delete()
    told = []

    count = rebuild_organisation(organisation, lambda done, total: told.append((done, total)))

    assert told[-1] == (count, count)
    assert Proposal.objects.open().filter(volunteer=volunteer, role=role).exists()


def test_the_command_tells_in_one_line_what_it_wrote(volunteer, facts, capsys):
    Evidence.objects.all().delete()

    call_command("rebuild_register")

    line = capsys.readouterr().out
    assert line == f"4 pieces of evidence and {Span.objects.count()} spans written.\n"
