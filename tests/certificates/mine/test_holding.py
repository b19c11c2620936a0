"""How a role stands, as its holder reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.eligibility import facts_of
from certificates.granting import go_on, leave, pause, resume, revoke_role, suspend
from certificates.mine.holding import held_by
from certificates.models import Evidence
from certificates.requiring import day_in_words
from certificates.vouching import revoke_evidence


@pytest.fixture
def stands(ready):
    """Return a function that tells how the one role of the volunteer stands."""

    def ask():
        [held] = held_by(facts_of([ready])[ready.pk], timezone.localdate())
        return held

    return ask


def test_a_role_holds_until_its_last_day(grant, stands):
    end = grant.periods.get().ends_on

    assert (stands().state, stands().until, stands().reason) == ("holds", end, "")


def test_a_pause_of_her_own_is_told_as_hers_and_ends_when_she_goes_on(grant, ready, stands):
    pause(grant, ready)
    assert (stands().state, stands().appealable(ready)) == ("paused", None)
    assert day_in_words(timezone.localdate()) in stands().words

    go_on(grant, ready)
    assert stands().state == "holds"


def test_a_suspension_says_why_and_can_be_appealed_until_it_is_resumed(grant, coordinator, ready, stands):
    period = suspend(grant, coordinator, "Falta aclarar una visita.")
    assert (stands().state, stands().reason) == ("suspended", "Falta aclarar una visita.")
    assert stands().appealable(ready) == period

    resume(grant, coordinator)
    assert (stands().state, stands().appealable(ready)) == ("holds", None)


def test_a_role_she_left_is_over_without_a_reason_or_an_appeal(grant, ready, stands):
    leave(grant, ready)

    assert (stands().state, stands().reason, stands().appealable(ready)) == ("ended", "", None)
    assert not stands().can_leave


def test_a_revoked_role_says_why_and_can_be_appealed(grant, coordinator, ready, stands):
    period = revoke_role(grant, coordinator, "Cobró por acompañar.")

    assert (stands().state, stands().reason) == ("ended", "Cobró por acompañar.")
    assert stands().appealable(ready) == period


def test_a_role_whose_days_are_over_says_when_it_ended(grant, stands):
    end = grant.periods.get().ends_on
    days = (end - timezone.localdate()).days + 1
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert (stands().state, stands().until, stands().is_cut_short) == ("ended", end, False)
        assert day_in_words(end) in stands().words


def test_a_role_whose_evidence_was_revoked_says_since_when_it_does_not_hold(grant, ready, stands):
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        revoke_evidence(Evidence.objects.get(volunteer=ready, kind="conduct"), "Firmó otra persona.")

        assert (stands().state, stands().is_cut_short) == ("ended", True)
        assert day_in_words(timezone.localdate()) in stands().words
