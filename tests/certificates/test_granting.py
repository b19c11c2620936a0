"""From evidence to proposal to grant: who decides, what is refused, what follows."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.appealing import appeal, decide_appeal
from certificates.eligibility import is_eligible
from certificates.granting import (
    GrantRefused,
    come_back,
    confirm,
    decline,
    extend,
    go_on,
    leave,
    pause,
    resume,
    revoke_role,
    suspend,
)
from certificates.models import ConductCode, Evidence, Grant, MonitoringCycle, Period, Proposal, Role, Span
from certificates.proposing import propose_daily, raise_waiting
from certificates.vouching import attest_language, recognise, revoke_evidence, sign_conduct
from people.models import Territory


@pytest.fixture
def place(db):
    return Territory.objects.get(code="1609")


@pytest.fixture
def role(organisation):
    return Role.objects.get(organisation=organisation, slug="defensora")


@pytest.fixture
def ready(volunteer, place, complete_course, organisation):
    """A volunteer who has done everything that «defensora» asks."""
    volunteer.territory = place
    volunteer.save()
    complete_course(volunteer)
    sign_conduct(volunteer, ConductCode.objects.get(organisation=organisation), timezone.localdate())
    return volunteer


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def proposal(ready, role):
    return Proposal.objects.get(volunteer=ready, role=role)


@pytest.fixture
def grant(proposal, coordinator):
    return confirm(proposal, coordinator).grant


def days_from_now(days):
    return timezone.localdate() + timedelta(days=days)


def test_the_school_ships_six_roles_marked_as_a_proposal(organisation):
    assert list(Role.objects.filter(organisation=organisation).values_list("is_proposal", flat=True)) == [True] * 6


def test_met_requirements_are_proposed_once_and_grant_nothing(ready, role, place):
    propose_daily()

    assert Proposal.objects.filter(volunteer=ready, role=role).count() == 1
    assert not is_eligible(ready, role, place, timezone.localdate())


def test_a_missing_signature_proposes_nothing(volunteer, place, complete_course, role):
    volunteer.territory = place
    volunteer.save()
    complete_course(volunteer)

    assert not Proposal.objects.filter(volunteer=volunteer, role=role).exists()


def test_a_confirmed_role_holds_from_today_until_the_cycle_ends(proposal, coordinator, place, organisation):
    period = confirm(proposal, coordinator)

    cycle = MonitoringCycle.objects.get(organisation=organisation)
    assert (period.kind, period.starts_on, period.ends_on) == ("granted", timezone.localdate(), cycle.ends_on)
    assert {item["kind"] for item in period.evidence} == {"course", "conduct"}
    assert is_eligible(proposal.volunteer, proposal.role, place, cycle.ends_on)
    assert not is_eligible(proposal.volunteer, proposal.role, place, cycle.ends_on + timedelta(days=1))
    assert not is_eligible(proposal.volunteer, proposal.role, Territory.objects.get(code="0101"), timezone.localdate())


def test_what_a_role_includes_holds_with_it_and_is_not_proposed_any_more(proposal, coordinator, organisation, place):
    informed = Role.objects.get(organisation=organisation, slug="informada")
    assert Proposal.objects.open().filter(role=informed).exists()

    confirm(proposal, coordinator)

    assert is_eligible(proposal.volunteer, informed, place, timezone.localdate())
    assert not Proposal.objects.open().filter(role=informed).exists()


def test_a_proposal_whose_evidence_was_revoked_is_withdrawn(proposal, ready):
    revoke_evidence(Evidence.objects.get(volunteer=ready, kind="conduct"), "Firmó otra persona.")

    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


def test_two_coordinators_who_confirm_leave_one_grant(proposal, coordinator, make_staff):
    confirm(proposal, coordinator)

    with pytest.raises(GrantRefused):
        confirm(proposal, make_staff("coordinator"))

    assert Grant.objects.count() == 1
    assert Period.objects.count() == 1


def test_a_coordinator_elsewhere_and_a_facilitator_may_not_confirm(proposal, make_staff, other_organisation):
    elsewhere = make_staff("coordinator", territory=Territory.objects.get(code="0101"))
    for user in (elsewhere, make_staff("facilitator"), make_staff("coordinator", organisation=other_organisation)):
        with pytest.raises(GrantRefused):
            confirm(proposal, user)

    assert not Grant.objects.exists()


def test_nobody_confirms_her_own_role(proposal, make_staff):
    user = make_staff("coordinator")
    user.volunteer.territory = proposal.territory
    Proposal.objects.filter(pk=proposal.pk).update(volunteer=user.volunteer)

    with pytest.raises(GrantRefused):
        confirm(proposal, user)


def test_a_declined_proposal_says_why_and_comes_again_only_with_newer_evidence(proposal, coordinator, ready, role):
    with pytest.raises(GrantRefused):
        decline(proposal, coordinator, "  ")
    decline(proposal, coordinator, "Hablemos antes.")
    propose_daily()
    assert not Proposal.objects.open().filter(volunteer=ready, role=role).exists()

    recognise(ready, role, timezone.localdate(), recorded_by=coordinator.volunteer, attester="Asamblea")

    assert Proposal.objects.open().filter(volunteer=ready, role=role).exists()


def test_a_waiting_proposal_rises_once_and_then_administrators_may_decide(proposal, make_staff, role):
    administrator = make_staff("administrator")
    Proposal.objects.exclude(pk=proposal.pk).delete()
    with time_machine.travel(timezone.now() + timedelta(days=role.waiting_days)):
        assert raise_waiting(timezone.now()) == 1
        assert raise_waiting(timezone.now()) == 0

        proposal.refresh_from_db()
        assert proposal.level == 1
        confirm(proposal, administrator)

    assert Grant.objects.count() == 1


def test_suspended_resumed_and_revoked_are_rows_that_stay(grant, coordinator, role, place, ready):
    today = timezone.localdate()
    with pytest.raises(GrantRefused):
        suspend(grant, coordinator, "")
    suspend(grant, coordinator, "Falta aclarar una visita.")
    assert not is_eligible(ready, role, place, today)
    resume(grant, coordinator, "Aclarado.")
    assert is_eligible(ready, role, place, today)
    revoke_role(grant, coordinator, "Cobró por acompañar.")
    assert not is_eligible(ready, role, place, today)

    assert list(grant.periods.values_list("kind", flat=True)) == ["granted", "suspended", "resumed", "revoked"]


def test_extending_begins_where_the_period_ends(grant, coordinator, ready, role, place):
    end = grant.periods.get().ends_on
    with pytest.raises(GrantRefused):
        extend(grant, end, coordinator, "x")

    period = extend(grant, end + timedelta(days=30), coordinator, "El ciclo se alarga.")

    assert (period.starts_on, period.ends_on) == (end + timedelta(days=1), end + timedelta(days=30))
    assert is_eligible(ready, role, place, end + timedelta(days=30))


def test_she_pauses_takes_up_and_leaves_without_a_reason(grant, ready, role, place, coordinator):
    pause(grant, ready)
    assert not is_eligible(ready, role, place, timezone.localdate())
    go_on(grant, ready)
    assert is_eligible(ready, role, place, timezone.localdate())
    suspend(grant, coordinator, "x")
    with pytest.raises(GrantRefused):
        go_on(grant, ready)
    leave(grant, ready)

    assert not is_eligible(ready, role, place, days_from_now(30))
    assert [row.reason for row in grant.periods.filter(kind__in=["paused", "left"])] == ["", ""]


def test_revoked_evidence_ends_the_role_from_that_day(grant, ready, role, place):
    revoke_evidence(Evidence.objects.get(volunteer=ready, kind="course"), "Otra persona respondió.")

    assert not is_eligible(ready, role, place, timezone.localdate())
    assert not Span.objects.filter(volunteer=ready, role=role, kind="active").exists()


def test_a_lapse_proposes_a_suspension_and_ends_nothing(ready, organisation, coordinator, place):
    role = Role.objects.get(organisation=organisation, slug="monitora")
    until = days_from_now(20)
    recognise(ready, role, timezone.localdate(), recorded_by=coordinator.volunteer, attester="La red", until=until)
    attest_language(ready, "kek", timezone.localdate(), recorded_by=coordinator.volunteer, attester="Doña Rosa")
    confirm(Proposal.objects.open().get(volunteer=ready, role=role), coordinator)

    with time_machine.travel(timezone.now() + timedelta(days=25)):
        propose_daily()

        assert Proposal.objects.open().get(volunteer=ready, role=role).kind == "suspension"
        assert is_eligible(ready, role, place, timezone.localdate())


def test_a_renewal_is_proposed_before_the_end_and_goes_on_without_a_gap(grant, ready, role, coordinator, organisation):
    end = grant.periods.get().ends_on
    MonitoringCycle.objects.create(
        organisation=organisation, name="2", starts_on=end + timedelta(days=1), ends_on=end + timedelta(days=365)
    )
    with time_machine.travel(timezone.make_aware(timezone.datetime.combine(end, timezone.datetime.min.time()))):
        propose_daily()
        proposal = Proposal.objects.open().get(volunteer=ready, role=role)
        period = confirm(proposal, coordinator)

    assert (proposal.kind, period.kind) == ("renewal", "renewed")
    assert (period.starts_on, period.ends_on) == (end + timedelta(days=1), end + timedelta(days=365))
    assert Span.objects.get(volunteer=ready, role=role, kind="active").ends_on == end + timedelta(days=365)


def test_an_appeal_is_decided_by_another_and_undoes_the_refusal(proposal, coordinator, make_staff, ready, role, place):
    decline(proposal, coordinator, "No.")
    proposal.refresh_from_db()
    made = appeal(proposal, ready, "Pido que otra persona lo vea.")
    with pytest.raises(GrantRefused):
        appeal(proposal, ready, "Otra vez.")
    with pytest.raises(GrantRefused):
        decide_appeal(made, coordinator, False, "Sí.")

    decide_appeal(made, make_staff("administrator"), False, "Cumple todo.")

    assert is_eligible(ready, role, place, timezone.localdate())


def test_who_left_is_not_called_back_and_may_ask_to_come_back(grant, ready, role, coordinator, place):
    leave(grant, ready)
    propose_daily()
    assert not Proposal.objects.open().filter(volunteer=ready, role=role).exists()

    asked = come_back(grant, ready)
    propose_daily()
    with pytest.raises(GrantRefused):
        come_back(grant, ready)
    confirm(asked, coordinator)

    assert is_eligible(ready, role, place, timezone.localdate())


def test_a_revoked_role_is_proposed_again_only_with_newer_evidence(grant, ready, role, coordinator):
    revoke_role(grant, coordinator, "x")
    assert not Proposal.objects.open().filter(volunteer=ready, role=role).exists()
    with pytest.raises(GrantRefused):
        come_back(grant, ready)

    recognise(ready, role, timezone.localdate(), recorded_by=coordinator.volunteer, attester="Asamblea")

    assert Proposal.objects.open().filter(volunteer=ready, role=role).exists()


def test_a_role_that_ran_out_in_pause_can_be_given_again(grant, ready, role, coordinator, place, organisation):
    pause(grant, ready)
    end = grant.periods.get(number=1).ends_on
    MonitoringCycle.objects.create(
        organisation=organisation, name="2", starts_on=end + timedelta(days=1), ends_on=end + timedelta(days=365)
    )
    with time_machine.travel(timezone.now() + timedelta(days=(end - timezone.localdate()).days + 5)):
        propose_daily()
        confirm(Proposal.objects.open().get(volunteer=ready, role=role), coordinator)

        assert is_eligible(ready, role, place, timezone.localdate())


def test_a_new_organisation_begins_with_the_proposal_too(make_staff):
    from people.models import Organisation
    from people.staffing import found_organisation

    founded = found_organisation(Organisation(name="Nueva", slug="nueva"), make_staff("administrator"))

    assert Role.objects.filter(organisation=founded, is_proposal=True).count() == 6
    assert MonitoringCycle.objects.filter(organisation=founded).count() == 1
